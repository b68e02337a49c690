package live

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Secrets go, everything else stays as Azure wrote it.
func TestOnlySecretsAreDropped(t *testing.T) {
	in := `{"id":"x","tags":{"owner":"ada","SharedKey":"in a tag too"},"properties":{"sharedKey":"s1","enableBgp":false,"AUTHORIZATIONKEY":"s2",
	"vpnClientConfiguration":{"radiusServers":[{"radiusServerAddress":"10.0.0.4","radiusServerSecret":"s3"}],"radiusServerSecret":"s4","vpnClientRootCertificates":[{"properties":{"publicCertData":"MII"}}]},
	"number":1.50e+3,"text":"a\/\u00e9\"","null":null,"empty":{},"none":[],"sharedKeys":"stays","onlySecret":{"preSharedKey":"s5"},"list":[{"serviceKey":"s6"}]}}`
	want := `{"id":"x","tags":{"owner":"ada"},"properties":{"enableBgp":false,` +
		`"vpnClientConfiguration":{"radiusServers":[{"radiusServerAddress":"10.0.0.4"}],"vpnClientRootCertificates":[{"properties":{"publicCertData":"MII"}}]},` +
		`"number":1.50e+3,"text":"a\/\u00e9\"","null":null,"empty":{},"none":[],"sharedKeys":"stays","onlySecret":{},"list":[{}]}}`
	got := string(text(parse(t, in).Root(), nil))
	var compact strings.Builder
	for _, line := range strings.Split(got, "\n") {
		compact.WriteString(strings.Replace(strings.TrimSpace(line), `": `, `":`, 1))
	}
	if compact.String() != want {
		t.Errorf("got  %s\nwant %s", compact.String(), want)
	}
}

// Of a managed service the facts that are used stay, and what every resource has.
func TestServicesAreKeptInPart(t *testing.T) {
	in := `{"id":"x","name":"c","identity":{"type":"None"},"kind":"k","sku":{"name":"s"},"properties":{"subnetIds":[{"id":"y","name":"n"}],"osType":"Linux","containers":[{"environmentVariables":[{"value":"hunter2"}]}]}}`
	want := `{"id":"x","name":"c","kind":"k","sku":{"name":"s"},"properties":{"subnetIds":[{"id":"y","name":"n"}],"osType":"Linux"}}`
	var got bytes.Buffer
	if err := json.Compact(&got, text(parse(t, in).Root(), []string{"subnetIds", "osType"})); err != nil || got.String() != want {
		t.Errorf("got  %s (%v)\nwant %s", got.String(), err, want)
	}
}

// Without secrets, what is printed means what was read, for any JSON.
func TestTextMeansTheSame(t *testing.T) {
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		leaves := []*rapid.Generator[any]{
			rapid.String().AsAny(), rapid.Float64Range(-1e9, 1e9).AsAny(), rapid.Bool().AsAny(), rapid.Just[any](nil),
		}
		if depth > 0 {
			leaves = append(leaves,
				rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[any] { return value(depth - 1) }), 0, 4).AsAny(),
				rapid.MapOfN(rapid.StringN(0, 8, -1), rapid.Deferred(func() *rapid.Generator[any] { return value(depth - 1) }), 0, 4).AsAny())
		}
		return rapid.OneOf(leaves...)
	}
	rapid.Check(t, func(r *rapid.T) {
		in, err := json.Marshal(value(4).Draw(r, "value"))
		if err != nil {
			r.Fatal(err)
		}
		var want, got any
		if err := json.Unmarshal(in, &want); err != nil {
			r.Fatal(err)
		}
		if err := json.Unmarshal(text(parse(t, string(in)).Root(), nil), &got); err != nil {
			r.Fatalf("%s: %v", in, err)
		}
		if !reflect.DeepEqual(got, want) {
			r.Fatalf("%s became %v", in, got)
		}
	})
}

func TestTokensDoNotGetIntoMessages(t *testing.T) {
	for in, want := range map[string]string{
		"sent Bearer abc.def-ghi now":           "sent (token) now",
		"bearer\t" + token + ", again " + token: "(token) again (token)",
		"a token " + token[:40] + " cut":        "a token (token) cut",
		"two\nlines\r\n and \ttabs":             "two lines and tabs",
		strings.Repeat("é", 40):                 strings.Repeat("é", 25) + " ...",
	} {
		if got := clean(in, 50); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
