package live

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// Pull reads the network of subscriptions or resource groups.
//
// The snapshot is whole but for the lists that the caller has no permission
// for, or that the cloud does not offer: those are in Missing, with a warning
// each. Anything else that fails, such as an expired token, a subscription that
// is not there, an answer that stays broken or the end of ctx, is one error and
// gives no snapshot.
//
// Azure lists for a caller what the caller may read: a role that is assigned
// below the scope of the pull hides what is outside it without a sign.
func Pull(ctx context.Context, c *Client, o Options) (*Snapshot, diagnostic.List) {
	scopes, err := o.scopes()
	if err != nil {
		return nil, diagnostic.Of(err, "bad-address")
	}
	p := &puller{client: c, options: o, resources: map[string]resource{}, groups: map[groupKey][]string{}, parents: map[string]resource{}, present: map[groupKey]bool{}}
	p.snapshot = &Snapshot{cloud: c.cloud.name, takenAt: c.pace.now().UTC().Truncate(time.Second)}
	for _, s := range scopes {
		p.snapshot.subscriptions = append(p.snapshot.subscriptions, s.subscription)
		if s.group != "" {
			p.snapshot.groups = append(p.snapshot.groups, s.group)
		}
	}
	p.snapshot.subscriptions = slices.Compact(p.snapshot.subscriptions)
	if err := p.pull(ctx, scopes); err != nil {
		if ctx.Err() != nil {
			err = diagnostic.Errorf("cancelled", scopes[0].at(), "the pull was stopped before it was complete, so there is no snapshot").
				WithHint("start it again; --resource-group reads less")
		}
		return nil, diagnostic.Of(err, "azure-unreachable")
	}
	return p.finish()
}

// puller holds what the steps of Pull share.
type puller struct {
	client   *Client
	options  Options
	snapshot *Snapshot
	taken    atomic.Int64

	mu sync.Mutex
	// resources by folded id.
	resources map[string]resource
	// parents are the resources of which children are listed and that are not
	// kept themselves, by folded id.
	parents map[string]resource
	// present are the types that the list of all resources shows, by scope.
	present map[groupKey]bool
	// groups that have a resource of a type, by scope and type.
	groups   map[groupKey][]string
	progress Progress
	// answered counts the lists of kinds that Azure gave.
	answered int
}

type groupKey struct {
	scope scope
	typ   string
}

// task is one list to read.
type task struct {
	kind  kind
	scope scope
	// from is the path of the list.
	from string
	// of is the id of the resource or scope of which this is the list.
	of string
}

// pull reads the lists: first that of all resources, which shows whether the
// sign-in and the scope are good, then those of the kinds, then, one level after
// the other, those that a resource leads to.
func (p *puller) pull(ctx context.Context, scopes []scope) error {
	var first, second []task
	for _, s := range scopes {
		first = append(first, task{all, s, s.path() + "/resources", s.path()})
	}
	if err := p.run(ctx, first); err != nil {
		return err
	}
	for _, s := range scopes {
		for _, k := range kinds {
			switch {
			case k.parent != "" || k.found && !p.present[groupKey{s, strings.ToLower(k.name)}]:
			case k.groupOnly && s.group == "":
				second = append(second, p.byGroup(k, s)...)
			default:
				second = append(second, task{k, s, s.path() + "/providers/" + k.name, s.path()})
			}
		}
	}
	if err := p.run(ctx, second); err != nil {
		return err
	}
	for depth := 1; slices.ContainsFunc(kinds, func(k kind) bool { return k.depth() >= depth }); depth++ {
		if err := p.run(ctx, p.children(scopes, depth)); err != nil {
			return err
		}
	}
	return nil
}

// byGroup lists a kind in every resource group that has one.
func (p *puller) byGroup(k kind, s scope) []task {
	if p.snapshot.isMissing(all.name, s.path()) {
		p.snapshot.miss(k, s.path(), "which resource groups have any is told by the list of all resources, which is missing")
		return nil
	}
	groups := p.groups[groupKey{s, strings.ToLower(k.name)}]
	slices.Sort(groups)
	var tasks []task
	for _, g := range slices.Compact(groups) {
		inner := scope{s.subscription, g}
		tasks = append(tasks, task{k, inner, inner.path() + "/providers/" + k.name, inner.path()})
	}
	return tasks
}

// children lists the kinds that belong to a resource of another type, of those
// that so many lists lead to.
func (p *puller) children(scopes []scope, depth int) []task {
	var tasks []task
	all := append(sorted(p.resources), sorted(p.parents)...)
	for _, k := range kinds {
		if k.depth() != depth {
			continue
		}
		for _, r := range all {
			if !strings.EqualFold(r.typ, k.parent) {
				continue
			}
			// The resource came from the list of a scope, so one of them fits.
			in := slices.IndexFunc(scopes, func(s scope) bool { return s.holds(r.id) })
			tasks = append(tasks, task{k, scopes[in], r.id + "/" + k.last(), r.id})
		}
	}
	return tasks
}

// run reads lists, some at a time.
func (p *puller) run(ctx context.Context, tasks []task) error {
	p.progress.Total += len(tasks)
	limit := p.options.Concurrency
	if limit <= 0 {
		limit = defaultConcurrency
	}
	return each(ctx, min(limit, maxConcurrency), len(tasks), func(ctx context.Context, i int) error {
		return p.read(ctx, tasks[i])
	})
}

// read reads one list. What the caller may not read is noted as missing.
func (p *puller) read(ctx context.Context, t task) error {
	l := &lister{client: p.client, at: t.scope.at(), what: t.kind.name, taken: &p.taken}
	rows := 0
	err := l.list(ctx, t.from, t.kind.versions, func(v document.Value) error {
		rows++
		return p.keep(l, t, v)
	})
	var f *failure
	why := ""
	switch {
	case err == nil:
	case errors.Is(err, errNotServed):
		why = err.Error()
	case !errors.As(err, &f):
		return err
	case f.denied():
		why = "no permission for " + t.kind.action(t.scope)
		if f.code != "" {
			why += " (" + clean(f.code, 60) + ")"
		}
	case f.status == http.StatusNotFound && t.kind.parent != "":
		why = "the resource was deleted while the snapshot was taken"
	default:
		return f.diagnostic(l.at, l.what)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if why != "" {
		p.snapshot.miss(t.kind, t.of, why)
	} else if t.kind.name != all.name {
		p.answered++
	}
	p.progress.Done++
	p.progress.Type, p.progress.Scope, p.progress.Resources = t.kind.name, t.of, len(p.resources)
	if p.options.Progress != nil {
		p.options.Progress(p.progress)
	}
	return nil
}

// keep takes over one resource of a list.
func (p *puller) keep(l *lister, t task, v document.Value) error {
	id, _ := v.GetFold("id").String()
	r := resource{id: id, typ: t.kind.name}
	if t.kind.name == all.name {
		r.typ, _ = v.GetFold("type").String()
		p.note(t.scope, r)
		if !keptByName(r.typ) {
			return nil
		}
	}
	if !t.scope.holds(id) {
		return l.unexpected(fmt.Sprintf("has a resource with the id %q, expected one in %s", clean(id, 200), t.scope.path()))
	}
	r.text = text(v, t.kind.members)
	if err := l.take(len(r.text)); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	// A page may repeat a resource that moved while it was read: the last one
	// is the newest.
	p.resources[strings.ToLower(id)] = r
	return nil
}

// note remembers which types there are, in which resource groups those are that
// can be listed by group alone, and the parents of what is listed by parent.
func (p *puller) note(s scope, r resource) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := groupKey{s, strings.ToLower(r.typ)}
	p.present[key] = true
	if !kept(r.typ) && isParent(r.typ) && s.holds(r.id) {
		p.parents[strings.ToLower(r.id)] = r
	}
	group := groupOf(r.id)
	if k, ok := kindNamed(r.typ); ok && k.groupOnly && groupForm.MatchString(group) {
		p.groups[key] = append(p.groups[key], group)
	}
}

// groupOf is the resource group of an id, in lower case.
func groupOf(id string) string {
	segments := strings.Split(strings.ToLower(id), "/")
	if len(segments) > 4 && segments[3] == "resourcegroups" {
		return segments[4]
	}
	return ""
}

// holds reports whether an id is that of a resource in the scope. The id is a
// clean path: it becomes part of an address.
func (s scope) holds(id string) bool {
	if !isCleanPath(id) {
		return false
	}
	within := strings.ToLower(s.path()) + "/"
	return len(id) > len(within) && strings.EqualFold(id[:len(within)], within)
}

// isCleanPath reports whether a path says in an address what it says by itself.
func isCleanPath(p string) bool { return !strings.ContainsAny(p, "?#%\\") && path.Clean(p) == p }

func sorted(resources map[string]resource) []resource {
	list := make([]resource, 0, len(resources))
	for _, r := range resources {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b resource) int { return strings.Compare(strings.ToLower(a.id), strings.ToLower(b.id)) })
	return list
}

// finish freezes the snapshot and says what is missing in it.
func (p *puller) finish() (*Snapshot, diagnostic.List) {
	s := p.snapshot
	s.resources = sorted(p.resources)
	slices.SortFunc(s.missing, compareMissing)
	if p.answered == 0 {
		return nil, diagnostic.List{diagnostic.Errorf("no-permission", diagnostic.Position{File: scheme + strings.Join(s.subscriptions, ",")},
			"nothing could be read: %s", s.missing[0].Reason).
			WithHint("give the sign-in the role of docs/reader-role.json, or Reader, on the subscription: az role assignment create --assignee NAME --role Reader --scope /subscriptions/ID")}
	}
	var list diagnostic.List
	for _, m := range s.missing {
		list = append(list, m.Diagnostic(diagnostic.Position{File: scheme + strings.TrimPrefix(m.Scope, "/subscriptions/")}))
	}
	return s, list
}
