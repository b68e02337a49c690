package live

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// Concurrency of a pull. Azure refills the reads of a subscription at 25 a
// second; more at a time only meets that limit sooner.
const (
	defaultConcurrency = 8
	maxConcurrency     = 16
)

// Options say what a pull reads.
type Options struct {
	// Subscriptions to read, by id, at least one.
	Subscriptions []string
	// ResourceGroups limit the pull to these groups of the one subscription;
	// none means all of it.
	ResourceGroups []string
	// Concurrency is how many requests are under way at a time, at most 16; 0
	// means 8.
	Concurrency int
	// Progress, if not nil, is called after each list, one call at a time, and
	// must not block for long.
	Progress func(Progress)
}

// Progress is how far a pull is.
type Progress struct {
	// Done and Total count lists; Total grows when a list leads to others.
	Done, Total int
	// Type and Scope name the list that was read last.
	Type, Scope string
	// Resources that were read so far.
	Resources int
}

// scheme begins the address of a live subscription where a PATH can stand.
const scheme = "azure://"

// IsAddress reports whether a PATH is the address of a live subscription:
// azure://SUBSCRIPTION or azure://SUBSCRIPTION/RESOURCE-GROUP.
func IsAddress(path string) bool {
	return len(path) >= len(scheme) && strings.EqualFold(path[:len(scheme)], scheme)
}

// ParseAddress returns the Options that an address names. The error is a
// Diagnostic.
func ParseAddress(path string) (Options, error) {
	var o Options
	if !IsAddress(path) {
		return o, diagnostic.Errorf("bad-address", diagnostic.Position{}, "%q is not the address of a subscription, expected azure://SUBSCRIPTION or azure://SUBSCRIPTION/RESOURCE-GROUP", path)
	}
	subscription, group, _ := strings.Cut(strings.Trim(path[len(scheme):], "/"), "/")
	o.Subscriptions = []string{subscription}
	if group != "" {
		o.ResourceGroups = []string{group}
	}
	_, err := o.scopes()
	return o, err
}

// scope is a subscription or a resource group of it.
type scope struct {
	subscription string
	// group is empty for a whole subscription.
	group string
}

// path is the id of the scope.
func (s scope) path() string {
	if s.group == "" {
		return "/subscriptions/" + s.subscription
	}
	return "/subscriptions/" + s.subscription + "/resourceGroups/" + s.group
}

// at is the place that messages name.
func (s scope) at() diagnostic.Position {
	return diagnostic.Position{File: strings.TrimSuffix(scheme+s.subscription+"/"+s.group, "/")}
}

var (
	subscriptionForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	// https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules,
	// read 2026-11.
	groupForm = regexp.MustCompile(`^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$`)
)

// scopes checks the options and lists what they name, each once.
func (o Options) scopes() ([]scope, error) {
	subscriptions, err := names(o.Subscriptions, "subscription", subscriptionForm, "an id such as 00000000-0000-0000-0000-000000000000", "az account list -o table shows the ids")
	if err != nil {
		return nil, err
	}
	groups, err := names(o.ResourceGroups, "resource group", groupForm, "its name", "az group list -o table shows the names")
	if err != nil {
		return nil, err
	}
	switch {
	case len(subscriptions) == 0:
		return nil, diagnostic.Errorf("no-subscription", diagnostic.Position{}, "no subscription was named").
			WithHint("--subscription ID; az account show --query id -o tsv prints the current one")
	case len(groups) > 0 && len(subscriptions) > 1:
		return nil, diagnostic.Errorf("ambiguous-group", diagnostic.Position{}, "resource groups of %d subscriptions were named, expected those of one", len(subscriptions)).
			WithHint("pull each subscription to a file of its own and give both files")
	}
	var list []scope
	for _, s := range subscriptions {
		if len(groups) == 0 {
			list = append(list, scope{subscription: s})
		}
		for _, g := range groups {
			list = append(list, scope{s, g})
		}
	}
	return list, nil
}

// names folds, checks and sorts names.
func names(given []string, what string, form *regexp.Regexp, expected, hint string) ([]string, error) {
	var list []string
	for _, name := range given {
		folded := strings.ToLower(strings.TrimSpace(name))
		if !form.MatchString(folded) {
			return nil, diagnostic.Errorf("bad-address", diagnostic.Position{}, "%q is no %s, expected %s", name, what, expected).WithHint("%s", hint)
		}
		list = append(list, folded)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}
