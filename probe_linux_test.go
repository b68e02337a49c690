package wayleave_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/report"
	"github.com/wayleave/wayleave/internal/result"
)

// someTags is a service-tag file with an invented prefix for every tag that the
// examples and their services name.
func someTags(t *testing.T) string {
	t.Helper()
	var values []map[string]any
	for i, name := range []string{
		"ApiManagement", "AppService", "AppServiceManagement", "AzureActiveDirectory", "AzureConnectors", "AzureMonitor",
		"AzureTrafficManager", "EventHub", "LogicApps", "LogicAppsManagement", "Sql", "Storage", "AzureCloud", "AzureKeyVault",
		"ServiceBus", "AzureContainerRegistry", "AzureResourceManager", "GuestAndHybridManagement", "AzureBackup",
	} {
		values = append(values, map[string]any{"name": name, "id": name, "properties": map[string]any{
			"changeNumber": 1, "region": "", "platform": "Azure", "systemService": "", "networkFeatures": []string{"API", "NSG", "UDR", "FW"},
			"addressPrefixes": []string{fmt.Sprintf("20.%d.0.0/24", 100+i), fmt.Sprintf("20.%d.7.0/25", 100+i)},
		}})
	}
	data, err := json.Marshal(map[string]any{"changeNumber": 1, "cloud": "Public", "values": values})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ServiceTags_Public_20260101.json")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// probed runs the lab of some inputs and probes it.
func probed(t *testing.T, o wayleave.ProbeOptions, load wayleave.LoadOptions) *result.Probes {
	t.Helper()
	if err := lab.Missing(); err != nil {
		t.Skipf("NOT RUN, no packet is sent: %v", err)
	}
	n, err := wayleave.Load(load)
	if err != nil {
		t.Fatal(err)
	}
	if o.Plan, err = n.LabPlan(); err != nil {
		t.Fatal(err)
	}
	r, err := lab.Start(o.Plan)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	o.Send = r.Send
	answer, err := n.Probe(o)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// Real packets of every requirement fare as the model says, where all is well,
// where rules are missing, and where there are no rules at all.
func TestPacketsOfRequirementsFareAsTheModelSays(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("schemas/probe.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	tags := someTags(t)
	ise := wayleave.CheckOptions{Services: []string{"logic-apps-ise"}, Subnets: []string{"snet-compute", "snet-connectors", "snet-gateway", "snet-cache"}}
	for _, c := range []struct {
		what             string
		paths            []string
		options          wayleave.ProbeOptions
		allowed, blocked int // at least
	}{
		{"the network alone", []string{"examples/ise-ok/vnets.json"}, wayleave.ProbeOptions{Check: ise}, 0, 0},
		{"with mistakes", []string{"examples/ise-blocked"}, wayleave.ProbeOptions{}, 500, 50},
		{"repaired", []string{"examples/ise-ok"}, wayleave.ProbeOptions{}, 500, 10},
		{"through a firewall with one public address", []string{"examples/ise-single-ip"}, wayleave.ProbeOptions{}, 500, 50},
		{"from anywhere", []string{"examples/ise-ok"}, wayleave.ProbeOptions{Explain: wayleave.ExplainOptions{From: "Internet", To: "snet-compute", Protocol: "tcp,udp,icmp"}}, 5, 5},
	} {
		if testing.Short() && c.what != "through a firewall with one public address" {
			t.Logf("%s: left out under -short", c.what)
			continue
		}
		answer := probed(t, c.options, wayleave.LoadOptions{Paths: c.paths, Tags: tags, Assume: []string{"defaults"}})
		count := map[result.Verdict]int{}
		for _, p := range answer.Probes {
			switch {
			case p.Agree == nil:
			case !*p.Agree:
				t.Errorf("%s: %+v", c.what, p)
			default:
				count[p.Model]++
			}
		}
		if count[result.Allowed] < c.allowed || count[result.Blocked] < c.blocked {
			t.Errorf("%s: hardly a comparison: %v", c.what, count)
		}
		var out bytes.Buffer
		if err := report.JSON(&out, answer); err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(&out)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}
