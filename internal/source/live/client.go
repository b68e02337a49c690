package live

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	armruntime "github.com/Azure/azure-sdk-for-go/sdk/azcore/arm/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Client reads from Azure Resource Manager. It is safe for concurrent use.
type Client struct {
	cloud    Cloud
	pipeline runtime.Pipeline
	endpoint *url.URL
	pace     *pace
	limits   limits
}

// Settings make a Client. The zero value of a field takes the default that is
// stated there.
type Settings struct {
	// Cloud to read from; the public one.
	Cloud Cloud
	// Credential gives the tokens. There is no default.
	Credential azcore.TokenCredential
	// Endpoint of Resource Manager, https and a host; that of the cloud.
	Endpoint string
	// Transport sends the requests; one that honours HTTPS_PROXY and asks for
	// TLS 1.2 at least.
	Transport http.RoundTripper
	// Now is the clock and Wait the pause before a request is sent again; those
	// of the system. Wait returns early, with the error of ctx, when ctx ends.
	Now  func() time.Time
	Wait func(ctx context.Context, d time.Duration) error
}

// limits bound what is read.
type limits struct {
	// page bounds the bytes of one answer, snapshot those of all resources.
	page, snapshot int64
	// pages bounds how many answers make one list.
	pages int
}

var defaultLimits = limits{page: 128 << 20, snapshot: 448 << 20, pages: 10_000}

// Connect signs in to a cloud with what the machine offers, in this order: the
// AZURE_... variables of the environment, a workload identity, a managed
// identity, az login, azd auth login. Nothing is sent before the first request,
// so a missing sign-in shows there.
func Connect(c Cloud) (*Client, error) {
	credential, err := signIn(c)
	if err != nil {
		return nil, notSignedIn(err.Error())
	}
	return NewClient(Settings{Cloud: c, Credential: credential})
}

// signIn is the only place that makes a credential.
func signIn(c Cloud) (azcore.TokenCredential, error) {
	return azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{
		ClientOptions: azcore.ClientOptions{Cloud: c.orPublic().settings},
	})
}

// NewClient makes a client. The error says which setting is wrong.
func NewClient(s Settings) (*Client, error) {
	if s.Credential == nil {
		return nil, fmt.Errorf("a client needs a credential")
	}
	c := &Client{cloud: s.Cloud.orPublic(), limits: defaultLimits, pace: newPace(s.Now, s.Wait)}
	manager := c.cloud.settings.Services[cloud.ResourceManager]
	if s.Endpoint != "" {
		manager.Endpoint = s.Endpoint
	}
	endpoint, err := url.Parse(manager.Endpoint)
	if err != nil || endpoint.Scheme != "https" || endpoint.Host == "" || strings.Trim(endpoint.Path, "/") != "" {
		return nil, fmt.Errorf("the endpoint %q is not https and a host", manager.Endpoint)
	}
	c.endpoint = &url.URL{Scheme: "https", Host: endpoint.Host}
	c.pipeline, err = armruntime.NewPipeline("wayleave", "v1", s.Credential, runtime.PipelineOptions{}, &arm.ClientOptions{
		ClientOptions: policy.ClientOptions{
			Cloud: cloud.Configuration{
				ActiveDirectoryAuthorityHost: c.cloud.settings.ActiveDirectoryAuthorityHost,
				Services:                     map[cloud.ServiceName]cloud.ServiceConfiguration{cloud.ResourceManager: manager},
			},
			// Client.get repeats requests itself, because it reads the answer
			// in the same try and one refusal slows all requests down.
			Retry:            policy.RetryOptions{MaxRetries: -1},
			Transport:        transport(s.Transport),
			PerRetryPolicies: []policy.Policy{readOnly{c.endpoint}},
		},
		// Registering a provider is a write.
		DisableRPRegistration: true,
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// transport is an HTTP client that follows no redirect: Resource Manager
// answers reads without one.
func transport(t http.RoundTripper) *http.Client {
	if t == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.MaxIdleConnsPerHost = maxConcurrency
		own.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		t = own
	}
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// readOnly stands next to the wire and lets only reads of the endpoint pass,
// whatever stands before it.
type readOnly struct{ endpoint *url.URL }

// Do implements policy.Policy.
func (p readOnly) Do(req *policy.Request) (*http.Response, error) {
	raw := req.Raw()
	if raw.Method != http.MethodGet || !sameHost(raw.URL, p.endpoint) {
		return nil, diagnostic.Errorf("not-a-read", diagnostic.Position{}, "refused to send %s to %s, expected GET to %s", raw.Method, raw.URL.Host, p.endpoint.Host)
	}
	return req.Next()
}

// sameHost compares scheme, host and port; 443 may be left out.
func sameHost(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && a.User == nil &&
		strings.EqualFold(strings.TrimSuffix(a.Host, ":443"), strings.TrimSuffix(b.Host, ":443"))
}
