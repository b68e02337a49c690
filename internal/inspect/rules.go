package inspect

import (
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/result"
)

// ruleNodes are the rules of a group as they are evaluated.
func ruleNodes(g *azure.NetworkSecurityGroup) []result.InspectNode {
	nodes := []result.InspectNode{}
	for _, r := range g.Rules {
		head := strings.Join(given(value("", r.Direction), value("", r.Priority), value("", r.Access), value("", r.Protocol)), " ")
		nodes = append(nodes, node("security rule", &r.Resource, head,
			"from "+sideText(r.Source)+portText(r.SourcePorts), "to "+sideText(r.Destination)+portText(r.DestinationPorts)))
	}
	return nodes
}

// routeNodes are the routes of a table, by id.
func routeNodes(t *azure.RouteTable) []result.InspectNode {
	nodes := []result.InspectNode{}
	for _, r := range t.Routes {
		hop := strings.Join(given(value("", r.NextHopType), value("", r.NextHopIPAddress)), " ")
		nodes = append(nodes, node("route", &r.Resource, termText(r.Destination), "to "+hop))
	}
	return nodes
}

// Of longer lists only the number is told.
const mostTerms = 4

func sideText(s azure.Side) string {
	texts := make([]string, s.Len())
	for i, t := range s.Terms() {
		texts[i] = termText(t)
	}
	return listText(texts, "addresses")
}

func termText(t azure.AddressTerm) string {
	switch {
	case t.Unknown != nil:
		return "(" + t.Unknown.Why + ")"
	case t.Kind == azure.GroupAddress:
		return refName(t.Group)
	}
	return t.Text
}

// portText is empty for every port.
func portText(p azure.Ports) string {
	if p.Any() {
		return ""
	}
	texts := make([]string, len(p.Terms))
	for i, t := range p.Terms {
		if texts[i] = t.Text; t.Unknown != nil {
			texts[i] = "(" + t.Unknown.Why + ")"
		}
	}
	return " port " + listText(texts, "ranges")
}

func listText(texts []string, what string) string {
	switch {
	case len(texts) == 0:
		return "nothing"
	case len(texts) > mostTerms:
		return fmt.Sprintf("%d %s", len(texts), what)
	}
	return strings.Join(texts, " ")
}
