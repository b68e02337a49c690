// Package inspect takes stock of a network: how many resources of each kind the
// inputs state, how they hang together, and which values nobody tells. It
// decides nothing about traffic.
package inspect
