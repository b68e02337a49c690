package wayleave

import (
	"github.com/wayleave/wayleave/internal/inspect"
	"github.com/wayleave/wayleave/internal/result"
)

// Inspect takes stock of the network: what was read, which values the inputs do
// not tell, and what was read and left alone. The names of service tags are checked as
// for every other answer.
func (n *Network) Inspect() (*result.Inspect, error) {
	_, diagnostics, err := n.compile(nil)
	if err != nil {
		return nil, err
	}
	inputs := make([]result.InspectInput, len(n.inventories))
	for i, inventory := range n.inventories {
		inputs[i] = result.InspectInput{File: inventory.Source, Kind: inventory.Rank.String()}
	}
	return &result.Inspect{
		Schema:      result.InspectSchema,
		Inputs:      inputs,
		Counts:      inspect.Count(n.network),
		Tree:        append([]result.InspectNode{}, inspect.Tree(n.network)...),
		Unknowns:    inspect.Unknowns(n.network),
		NotModelled: append([]result.NotModelled{}, n.notModelled()...),
		Diagnostics: diagnostics,
	}, nil
}
