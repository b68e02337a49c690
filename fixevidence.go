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
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// evidence states what fix found, cell by cell, for another program to check.
func (n *Network) evidence(plan *proposal, found *difference.Answer, changes []result.FixChange) (*result.Evidence, error) {
	after := plan.after
	assume, err := n.evidenceAssumption()
	if err != nil {
		return nil, err
	}
	if n.catalogue.IsSymbolic() {
		return nil, &UsageError{
			Message: "evidence holds packets, and without service-tag data tags are names alone",
			Hints:   []string{"--tags ServiceTags_Public_<date>.json"},
		}
	}
	e := &result.Evidence{Schema: result.EvidenceSchema, Tags: tagData(n.catalogue), Assume: assume, Rows: []result.EvidenceRow{}}
	ex := examplesFor(plan.edits, after.fabric.Network())
	if e.Changes, err = evidenceChanges(plan.edits, changes, ex); err != nil {
		return nil, err
	}
	for _, inv := range n.inventories {
		digest, err := digestOf(inv.Source)
		if err != nil {
			return nil, inputError(err)
		}
		e.Inputs = append(e.Inputs, result.EvidenceInput{Path: inv.Source, SHA256: digest})
	}
	for _, s := range after.fabric.Network().Subnets() {
		if own, service := after.fabric.Resident(s); service {
			if e.Senders == nil {
				e.Senders = map[string]string{}
			}
			e.Senders[string(s.ID)] = ownAddress(own)
		}
	}
	for id, needs := range frontendsOf(after.bindings).NeedsGroup {
		if needs {
			e.NeedGroup = append(e.NeedGroup, string(id))
		}
	}
	slices.Sort(e.NeedGroup)
	repaired := map[string]bool{}
	for _, need := range plan.needs {
		repaired[need.Service+"\n"+need.ID()+"\n"+need.Subnet()] = true
	}
	for _, b := range after.bindings {
		covers := check.Covers(after.fabric, b, func(r *service.Row) bool { return r.Severity == service.Required })
		for _, c := range slices.Concat(covers, check.SingleIPCovers(after.fabric, b)) {
			row := result.EvidenceRow{Service: b.Profile.Service, Requirement: c.Row.Requirement.ID, Cover: []result.EvidenceCell{}, Open: c.Open}
			if c.Row.Subnet != nil {
				row.Subnet = c.Row.Subnet.Label()
			}
			if c.Sender != nil {
				row.Sender = ownAddress(*c.Sender)
			}
			row.Repaired = repaired[row.Service+"\n"+row.Requirement+"\n"+row.Subnet]
			for _, cell := range c.Cells {
				cells := cellsOf(cell.Packets, result.Verdict(cell.Verdict), rulesOf(cell.Trace))
				for i := range cells {
					cells[i].Seen = ex.seen(cell.Seen)
				}
				row.Cover = append(row.Cover, cells...)
			}
			e.Rows = append(e.Rows, row)
		}
	}
	e.Opened = cellsOf(found.OpenedSpace().Cubes(), result.Allowed, nil)
	e.Closed = cellsOf(found.ClosedSpace().Cubes(), result.Blocked, nil)
	e.Undecided = []result.EvidenceCell{}
	for _, d := range found.Undecided {
		e.Undecided = append(e.Undecided, cellsOf(d.Space.Cubes(), result.Undecided, nil)...)
	}
	return e, nil
}

// ownAddress is what is known of a service's own public address in the words of
// evidence.
func ownAddress(own azure.OwnAddress) string {
	switch own.Has {
	case azure.HasOwn:
		return "own"
	case azure.HasNone:
		return "none"
	}
	return "unknown"
}

// evidenceAssumption is "defaults" where all open points are settled so. The other
// program knows that, and every reading at once, alone.
func (n *Network) evidenceAssumption() (string, error) {
	settled, other := 0, ""
	all := fabric.All()
	for i := range all {
		s := fabric.Switch(i)
		if d := s.Definition(); n.assumptions.Value(s) != d.Default() {
			other = d.Name
		} else if n.assumptions.Settled(s) {
			settled++
		}
	}
	switch {
	case other != "" || settled > 0 && settled < len(all):
		return "", &UsageError{
			Message: "evidence is checked under every reading of the documentation, or under its defaults, and one of its open points is settled by itself",
			Hints:   []string{"--assume defaults, or no --assume"},
		}
	case settled > 0:
		return "defaults", nil
	}
	return "", nil
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
	list := []result.EvidenceCell{}
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
