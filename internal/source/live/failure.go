package live

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// failure is a request that gave no data.
type failure struct {
	// address that was asked.
	address string
	// status of the answer; 0 where there was none.
	status int
	// code and message of Azure's error, where the answer has one.
	code, message string
	// after is how long Azure asks to wait; 0 where it does not say.
	after time.Duration
	// broken is an answer that ended early or is not JSON, tooLarge one beyond
	// the limit.
	broken, tooLarge bool
	// err is why there is no answer, or why it is broken.
	err error
}

// Error implements error.
func (f *failure) Error() string {
	switch {
	case f.tooLarge:
		return "the answer of " + pathOf(f.address) + " is too large"
	case f.broken:
		return "the answer of " + pathOf(f.address) + " is broken: " + clean(f.err.Error(), 300)
	case f.status == 0:
		return clean(f.err.Error(), 300)
	}
	text := strconv.Itoa(f.status) + " " + cmp.Or(f.code, http.StatusText(f.status))
	if f.message != "" {
		text += ": " + clean(f.message, 300)
	}
	return text
}

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.err }

// explain takes over the error that Azure's answer states, {"error": {"code",
// "message"}} or without the envelope.
func (f *failure) explain(doc *document.Document) {
	e := doc.Root().GetFold("error")
	if e.Kind() != document.Object {
		e = doc.Root()
	}
	f.code, _ = e.GetFold("code").String()
	f.message, _ = e.GetFold("message").String()
}

// tries is how often a request is sent in all when it fails like this.
func (f *failure) tries() int {
	switch {
	case f.tooLarge || f.signIn():
		return 1
	case f.status == 0 || f.broken:
		return 3
	}
	switch f.status {
	case http.StatusTooManyRequests:
		return 10
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return 6
	}
	return 1
}

// signIn reports whether there is no valid token: Azure refuses it, or the
// credential gives none. Errors of credentials are the ones that azcore marks
// as not worth another try.
func (f *failure) signIn() bool {
	var final interface{ NonRetriable() }
	return f.status == http.StatusUnauthorized || f.status == 0 && errors.As(f.err, &final)
}

// denied reports whether the caller may not read this.
func (f *failure) denied() bool { return f.status == http.StatusForbidden }

// notServed reports whether the cloud does not know the type in this
// api-version.
func (f *failure) notServed() bool {
	return f.status >= 400 && slices.Contains([]string{
		"NoRegisteredProviderFound", "InvalidApiVersionParameter", "InvalidResourceType", "InvalidResourceNamespace",
	}, f.code)
}

// unregistered reports whether the subscription does not use the provider. It
// has no resource of it then: a provider that has any cannot be unregistered.
//
// https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types,
// read 2026-11.
func (f *failure) unregistered() bool {
	return f.status >= 400 && (f.code == "MissingSubscriptionRegistration" || f.code == "SubscriptionNotRegistered")
}

// diagnostic says what went wrong while what was read. A failure is never
// Azure's whole answer: an answer may quote what it was sent.
func (f *failure) diagnostic(at diagnostic.Position, what string) diagnostic.Diagnostic {
	switch {
	case f.signIn():
		return notSignedIn(f.Error())
	case f.tooLarge:
		return diagnostic.Errorf("too-much-data", at, "one answer with %s is larger than this program reads", what).
			WithHint("read one resource group at a time: --resource-group")
	case f.broken:
		return diagnostic.Errorf("unexpected-answer", at, "the answer with %s is no whole JSON document: %s", what, clean(f.err.Error(), 200)).
			WithHint("try again; if it stays so, a proxy on the way may cut answers")
	case f.status == 0:
		return diagnostic.Errorf("azure-unreachable", at, "cannot reach %s: %s", hostOf(f.address), f.Error()).
			WithHint("check the network and HTTPS_PROXY, and --cloud")
	case f.code == "SubscriptionNotFound" || f.code == "InvalidSubscriptionId":
		return diagnostic.Errorf("subscription-not-found", at, "the subscription was not found with this sign-in").
			WithHint("az account list -o table shows the subscriptions; az login --tenant TENANT signs in to another tenant, --cloud names another cloud")
	case f.code == "ResourceGroupNotFound":
		return diagnostic.Errorf("resource-group-not-found", at, "the resource group was not found").
			WithHint("az group list -o table shows the resource groups")
	case f.tries() > 1:
		d := diagnostic.Errorf("azure-busy", at, "Azure did not answer with %s: %s", what, f.Error())
		if f.after > 0 {
			return d.WithHint("Azure asks to wait for %s, then try again", f.after)
		}
		return d.WithHint("try again later")
	}
	return diagnostic.Errorf("unexpected-answer", at, "Azure did not answer with %s: %s", what, f.Error()).
		WithHint("try again; if it stays, ask for the same with az rest")
}

func notSignedIn(why string) diagnostic.Diagnostic {
	return diagnostic.Errorf("not-signed-in", diagnostic.Position{}, "Azure does not accept the sign-in, or there is none").
		WithDetail("%s", clean(why, 1000)).
		WithHint("az login, and in another cloud first az cloud set --name AzureUSGovernment or AzureChinaCloud")
}

// secretText are tokens: a bearer header, and the three parts of a JWT.
var secretText = regexp.MustCompile(`(?i)bearer\s+\S+|eyJ[\w-]+\.[\w-]+(\.[\w-]*)?`)

// clean makes one short line of text from outside, without tokens.
func clean(text string, most int) string {
	text = strings.Join(strings.Fields(secretText.ReplaceAllString(text, "(token)")), " ")
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + " ..."
}

// pathOf is the path of an address, for messages: what follows "?" may hold a
// continuation token.
func pathOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Path
	}
	return "an address"
}

func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Host
	}
	return "Azure"
}
