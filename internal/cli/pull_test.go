package cli

import (
	"bytes"
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/wayleave/wayleave/internal/source/live"
)

const subscription = "11111111-2222-3333-4444-555555555555"

// token is a credential without a sign-in.
type token struct{}

func (token) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "none", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// azureWith is a program before a stand-in for Resource Manager that holds one
// virtual network and gives no permission for security groups.
func azureWith(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	vnet := `{"id":"/subscriptions/` + subscription + `/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v","name":"v",
	  "type":"Microsoft.Network/virtualNetworks","location":"westeurope","properties":{"addressSpace":{"addressPrefixes":["10.0.0.0/16"]},
	  "subnets":[{"id":"/subscriptions/` + subscription + `/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/a","name":"a",
	  "properties":{"addressPrefix":"10.0.0.0/24","networkSecurityGroup":{"id":"/subscriptions/` + subscription + `/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/n"}}}]}}`
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case strings.HasSuffix(r.URL.Path, "/virtualNetworks"):
			w.Write([]byte(`{"value":[` + vnet + `]}`))
		case strings.HasSuffix(r.URL.Path, "/networkSecurityGroups"):
			w.WriteHeader(http.StatusForbidden)
			w.Write([]byte(`{"error":{"code":"AuthorizationFailed","message":"no"}}`))
		case strings.HasSuffix(r.URL.Path, "/serviceTags"):
			w.Write([]byte(`{"changeNumber":"63","cloud":"Public","values":[{"name":"Sql","id":"Sql","serviceTagChangeNumber":"63",
			  "properties":{"changeNumber":"7","region":"","systemService":"AzureSQL","addressPrefixes":["20.100.0.0/24"]}}]}`))
		default:
			w.Write([]byte(`{"value":[]}`))
		}
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // connections are left open at the end
	server.StartTLS()
	defer server.Close()
	var out, problems bytes.Buffer
	data := t.TempDir()
	p := New(strings.NewReader(""), &out, &problems, func(name string) string {
		if name == "WAYLEAVE_DATA" {
			return data
		}
		return ""
	})
	p.connect = func(c live.Cloud) (*live.Client, error) {
		return live.NewClient(live.Settings{Cloud: c, Credential: token{}, Endpoint: server.URL, Transport: server.Client().Transport})
	}
	status = p.Main(args)
	return status, out.String(), problems.String()
}

func TestPullWritesASnapshotThatCheckReads(t *testing.T) {
	file := filepath.Join(t.TempDir(), "snapshot.json")
	status, _, problems := azureWith(t, "pull", "--subscription", subscription, "-o", file)
	if status != ExitOK || !strings.Contains(problems, "networkSecurityGroups") {
		t.Fatalf("status %d, stderr %q: the missing permission is not said", status, problems)
	}
	data, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(data), "wayleave.snapshot/v1") || strings.Contains(string(data), "none") {
		t.Fatalf("snapshot %q %v", data, err)
	}
	status, report, _ := azureWith(t, "check", file, "--service", "logic-apps-ise", "--subnet", "a")
	if status != ExitUndecided || !strings.Contains(report, "UNDECIDED") {
		t.Errorf("status %d: without the security groups nothing is decided\n%s", status, report)
	}
}

func TestCheckReadsALiveSubscription(t *testing.T) {
	status, report, problems := azureWith(t, "check", "azure://"+subscription, "--service", "logic-apps-ise", "--subnet", "v/a")
	if status != ExitUndecided || !strings.Contains(report, "logic-apps-ise") {
		t.Errorf("status %d\n%s\n%s", status, report, problems)
	}
}

func TestPullNeedsASubscriptionAndAPlaceToWrite(t *testing.T) {
	if status, _, problems := azureWith(t, "pull"); status != ExitUsage || !strings.Contains(problems, "--subscription is missing") {
		t.Errorf("status %d: %s", status, problems)
	}
	nowhere := filepath.Join(t.TempDir(), "no", "such", "folder", "s.json")
	if status, _, problems := azureWith(t, "pull", "--subscription", subscription, "-o", nowhere); status != ExitInput || !strings.Contains(problems, "cannot write") {
		t.Errorf("status %d: %s", status, problems)
	}
	if status, _, problems := azureWith(t, "check", "azure://nonsense"); status != ExitInput || !strings.Contains(problems, "nonsense") {
		t.Errorf("status %d: %s", status, problems)
	}
}

func TestTagsPullImports(t *testing.T) {
	status, out, problems := azureWith(t, "tags", "pull", "--subscription", subscription, "--location", "westeurope")
	if status != ExitOK || !strings.Contains(out, "imported service tags Public 63") {
		t.Errorf("status %d\n%s\n%s", status, out, problems)
	}
}
