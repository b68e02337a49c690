package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/result"
)

// smallTree is the network of sample, with an interface.
func smallTree() []result.InspectNode {
	return []result.InspectNode{{
		Kind: "virtual network", Name: "vnet-a", Resource: "/v", Facts: []string{"10.0.0.0/16"},
		Children: []result.InspectNode{
			{Kind: "subnet", Name: "a", Resource: "/s/subnets/a", Facts: []string{"10.0.0.0/24"}, Children: []result.InspectNode{
				{Kind: "network interface", Name: "nic-1", Facts: []string{"10.0.0.4"}},
				{Kind: "network security group", Name: "nsg-a"},
			}},
			{Kind: "peering", Name: "to-hub", Facts: []string{"to hub"}},
		},
	}}
}

func htmlOf(t *testing.T, c *result.Check, tree []result.InspectNode) string {
	t.Helper()
	var b, again bytes.Buffer
	if err := HTML(&b, c, tree); err != nil {
		t.Fatal(err)
	}
	if err := HTML(&again, c, tree); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Errorf("two runs differ: %v", err)
	}
	return b.String()
}

func TestThePageNestsTheNetworkAndLeadsToEveryWay(t *testing.T) {
	text := htmlOf(t, sample(), smallTree())
	for _, want := range []string{"vnet-a", "10.0.0.0/16; peering to hub", "nic-1 10.0.0.4", "nsg-a", "logic-apps-ise", "deny-tds (outbound 200)", "nsgs.json:41:9"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	links := regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(text, -1)
	edges := 0
	for _, l := range links {
		if strings.HasPrefix(l[1], "edge-") {
			edges++
		}
		if strings.Count(text, `id="`+l[1]+`"`) != 1 {
			t.Errorf("#%s leads to %d places", l[1], strings.Count(text, `id="`+l[1]+`"`))
		}
	}
	if edges == 0 {
		t.Error("the page has no edge")
	}
	if !regexp.MustCompile(`class="edge fail"[^>]*aria-label="a to SQL: fails"`).MatchString(text) {
		t.Error("no red edge from a to SQL")
	}
}

func TestThePageRunsNothingAndLoadsNothing(t *testing.T) {
	text := htmlOf(t, sample(), smallTree())
	for _, banned := range []string{"<script", "src=", "url(", "@import", "http://", "https://", " style=", " on", "ZgotmplZ"} {
		if i := strings.Index(text, banned); i >= 0 && !(banned == " on" && !regexp.MustCompile(` on[a-z]+=`).MatchString(text)) {
			t.Errorf("the page holds %q: %s", banned, text[max(0, i-60):min(len(text), i+60)])
		}
	}
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(text)[1]
	sum := sha256.Sum256([]byte(style))
	policy := html.UnescapeString(regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(text)[1])
	if want := fmt.Sprintf("style-src 'sha256-%s'", base64.StdEncoding.EncodeToString(sum[:])); !strings.Contains(policy, want) || !strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("the policy is %s, expected %s", policy, want)
	}
}

// Whatever the inputs call things, it is text.
func TestNamesFromTheInputsStayText(t *testing.T) {
	const evil = `"><script>alert(1)</script><a href="javascript:x" style='x'>`
	c := sample()
	for i := range c.Services {
		s := &c.Services[i]
		name := evil
		s.Resource, s.Title = &name, evil
		for k := range s.Requirements {
			r := &s.Requirements[k]
			r.Purpose, r.Needs.Destination, r.Needs.Source, r.Fix, r.Consequence = evil, evil, evil, evil, evil
			r.Reasons = []string{evil}
			for j := range r.BlockedBy {
				r.BlockedBy[j].Name, r.BlockedBy[j].Resource = evil, evil
			}
		}
	}
	tree := smallTree()
	tree[0].Name, tree[0].Facts[0], tree[0].Children[0].Name = evil, evil, evil
	tree[0].Children[0].Children[0].Name = evil
	text := htmlOf(t, c, tree)
	for _, banned := range []string{"<script", `href="javascript`, "style='"} {
		if strings.Contains(text, banned) {
			t.Errorf("the page holds %s", banned)
		}
	}
}

// A network of very many subnets draws those that a service is in.
func TestALargeNetworkIsFolded(t *testing.T) {
	tree := smallTree()
	for i := range 100 {
		tree[0].Children = append(tree[0].Children, result.InspectNode{Kind: "subnet", Name: fmt.Sprintf("idle-%d", i), Resource: fmt.Sprintf("/s/subnets/idle-%d", i)})
	}
	text := htmlOf(t, sample(), tree)
	if strings.Contains(text, "idle-5") || !strings.Contains(text, "100 subnets that no service speaks of are not drawn") {
		t.Error("idle subnets are drawn")
	}
	if text := htmlOf(t, &result.Check{}, nil); !strings.Contains(text, "No managed service to check") {
		t.Errorf("an empty answer gives %s", text)
	}
}

// Lines do not leave the picture, and boxes hold what is in them.
func TestBoxesHoldWhatIsInThem(t *testing.T) {
	d := draw(sample(), smallTree())
	inside := func(in, out box) bool {
		return in.X >= out.X && in.Y >= out.Y && in.Right() <= out.Right() && in.Bottom() <= out.Bottom()
	}
	picture := box{W: d.Width, H: d.Height}
	for _, v := range d.Networks {
		if !inside(v.box, picture) {
			t.Errorf("%s leaves the picture", v.Name)
		}
		for _, s := range v.Subnets {
			if !inside(s.box, v.box) {
				t.Errorf("%s leaves %s", s.Name, v.Name)
			}
			for _, c := range s.Chips {
				if !inside(c.box, s.box) {
					t.Errorf("%s leaves %s", c.Text, s.Name)
				}
			}
		}
	}
	for _, f := range d.Far {
		if !inside(f.box, picture) {
			t.Errorf("%s leaves the picture", f.Name)
		}
	}
	for _, e := range d.Edges {
		if e.nearY <= e.subnet.Y || e.nearY >= e.subnet.Bottom() || e.farY <= e.far.Y || e.farY >= e.far.Bottom() {
			t.Errorf("%s ends outside its boxes", e.Label)
		}
	}
}
