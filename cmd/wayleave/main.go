// Command wayleave tells whether a managed service will work in an Azure
// virtual network, and what blocks it if not.
package main

import (
	"os"

	"github.com/wayleave/wayleave/internal/cli"
)

func main() {
	cli.RelaxCollector(os.Getenv)
	os.Exit(cli.New(os.Stdin, os.Stdout, os.Stderr, os.Getenv).Main(os.Args[1:]))
}
