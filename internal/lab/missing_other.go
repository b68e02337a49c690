//go:build !linux

package lab

import "errors"

// Missing says what this machine lacks to run a lab.
func Missing() error { return errors.New("Linux alone has network namespaces") }
