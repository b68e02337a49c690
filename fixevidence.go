package wayleave

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/repair"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// evidence states what fix found, cell by cell, for another program to check.
func (n *Network) evidence(plan *proposal, found *difference.Answer, changes []result.FixChange) (*result.Evidence, error) {
	after := plan.after
	if i := slices.IndexFunc(plan.edits, func(e repair.Edit) bool {
		return e.Change != nil || e.Route != nil && e.Route.NextHopType == azure.VirtualAppliance
	}); i >= 0 {
		return nil, &UsageError{
			Message: fmt.Sprintf("evidence is about security rules and routes to the internet, and the change is of %s too", plan.edits[i].Target().Name),
			Hints:   []string{"without --evidence the change is proved as always"},
		}
	}
	if n.catalogue.IsSymbolic() {
		return nil, &UsageError{
			Message: "evidence holds packets, and without service-tag data tags are names alone",
			Hints:   []string{"--tags ServiceTags_Public_<date>.json"},
		}
	}
	e := &result.Evidence{Schema: result.EvidenceSchema, Tags: tagData(n.catalogue), Changes: changes, Rows: []result.EvidenceRow{}, Opened: []result.EvidenceCell{}}
	for _, inv := range n.inventories {
		digest, err := digestOf(inv.Source)
		if err != nil {
			return nil, inputError(err)
		}
		e.Inputs = append(e.Inputs, result.EvidenceInput{Path: inv.Source, SHA256: digest})
	}
	repaired := map[string]bool{}
	for _, need := range plan.needs {
		repaired[need.Service+"\n"+need.ID()+"\n"+need.Subnet()] = true
	}
	for _, b := range after.bindings {
		for _, c := range check.Covers(after.fabric, b, func(r *service.Row) bool { return r.Severity == service.Required }) {
			row := result.EvidenceRow{Service: b.Profile.Service, Requirement: c.Row.Requirement.ID, Cover: []result.EvidenceCell{}, Open: c.Open}
			if c.Row.Subnet != nil {
				row.Subnet = c.Row.Subnet.Label()
			}
			row.Repaired = repaired[row.Service+"\n"+row.Requirement+"\n"+row.Subnet]
			for _, cell := range c.Cells {
				row.Cover = append(row.Cover, cellsOf(cell.Packets, result.Verdict(cell.Verdict), rulesOf(cell.Trace))...)
			}
			e.Rows = append(e.Rows, row)
		}
	}
	e.Opened = append(e.Opened, cellsOf(found.OpenedSpace().Cubes(), result.Allowed, nil)...)
	return e, nil
}

func digestOf(path string) (string, error) {
	data, err := document.ReadFile(path, document.DefaultMaxBytes)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(bytes.Clone(data))
	return hex.EncodeToString(sum[:]), nil
}

// cellsOf are cells of one verdict, one a product. Packets with an address that
// is only a name cannot be told to another program and are left out.
func cellsOf(packets []flow.Cube, verdict result.Verdict, rules []result.EvidenceRule) []result.EvidenceCell {
	var list []result.EvidenceCell
	for _, c := range packets {
		if len(c.Source.Opaques())+len(c.Destination.Opaques()) > 0 {
			continue
		}
		for _, own := range byPorts(c) {
			cell := result.EvidenceCell{Verdict: verdict, Space: evidenceSpace(own), Witness: check.Packet(reach.Example(flow.SpaceOf(own), own.Preference()))}
			if verdict == result.Allowed {
				cell.Rules = rules
			}
			list = append(list, cell)
		}
	}
	return list
}

// byPorts divides a product by whether its protocols have ports.
func byPorts(c flow.Cube) []flow.Cube {
	var list []flow.Cube
	for _, set := range []flow.ProtocolSet{flow.PortProtocols(), flow.AllProtocols().Minus(flow.PortProtocols())} {
		own := c
		if own.Protocols = c.Protocols.Intersect(set); !own.Protocols.IsEmpty() {
			list = append(list, own)
		}
	}
	return list
}

func evidenceSpace(c flow.Cube) result.EvidenceSpace {
	s := result.EvidenceSpace{Source: prefixesOf(c.Source), Destination: prefixesOf(c.Destination)}
	for p := range c.Protocols.All() {
		s.Protocols = append(s.Protocols, int(p))
	}
	if c.Protocols.Overlaps(flow.PortProtocols()) {
		s.SourcePorts, s.DestinationPorts = rangesOf(c.SourcePorts), rangesOf(c.DestinationPorts)
	}
	return s
}

func prefixesOf(s flow.AddressSet) []string {
	var list []string
	for p := range s.Prefixes() {
		list = append(list, p.String())
	}
	return list
}

func rangesOf(s flow.PortSet) []string {
	var list []string
	for first, last := range s.Ranges() {
		list = append(list, fmt.Sprintf("%d-%d", first, last))
	}
	return list
}

// rulesOf are the rules of security groups on a way that let pass.
func rulesOf(trace []reach.Hop) []result.EvidenceRule {
	var list []result.EvidenceRule
	for _, h := range trace {
		if (h.Kind == fabric.KindNSGRule || h.Kind == fabric.KindNSGDefaultRule) && h.Decision == fabric.Allow {
			list = append(list, result.EvidenceRule{Group: strings.ToLower(string(h.Resource)), Name: h.Name})
		}
	}
	return list
}
