package terraform

import (
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// reader holds what the steps of Read share.
type reader struct {
	root          document.Value
	inventory     *azure.Inventory
	configuration *configuration

	// changes of living instances, by address.
	changes map[string]document.Value
	// deletions are the objects that will be gone.
	deletions []change

	// instances in the order of the file.
	instances []*instance
	byAddress map[string]*instance
	// groups are the instances of one block, see groupOf.
	groups map[string][]*instance
	// modules are the keys of a module's instances, by path of the caller and
	// name of the call.
	modules map[string][]key
	// named are the Azure resources by type, resource group and names.
	named map[string][]*instance
	// subscriptions by provider configuration, "" where it is not known.
	subscriptions map[string]string
	// parents of the instances that are children, once looked up.
	parents map[*instance]azure.Reference
	// byType are the resources of a type, see instancesOf.
	byType map[string][]*instance
	// refreshed is set where a state was read from Azure just before.
	refreshed bool
	// claims are the children that stand apart or are deleted, by parent.
	claims map[claimed]*claim
	// attachments are what the association resources join.
	attachments *attachments
	// assumed are the places where an instance was chosen by its key.
	assumed []azure.Position
	// deduced are the places where an instance was chosen by a key that other
	// resources show, and deducible what they show of it.
	deduced   []azure.Position
	deducible map[eachPath]map[key]key
	// old are the places of what a state may still have although it is gone.
	old   []azure.Position
	isOld map[azure.Position]bool
}

// Options shape Read. The zero value reads the network after the apply.
type Options struct {
	// Before reads of a plan the network as it is before the apply: the state
	// that the plan was made from, refreshed. A state is the same either way.
	Before bool
}

// Read reads a plan or a state. What is wrong with it is in the Diagnostics of
// the inventory; an error among them makes [azure.Build] fail. A document that
// Recognise refuses gives an error.
func Read(doc *document.Document, o Options) *azure.Inventory {
	r := &reader{
		root:          doc.Root(),
		inventory:     &azure.Inventory{Source: doc.Name()},
		changes:       map[string]document.Value{},
		byAddress:     map[string]*instance{},
		groups:        map[string][]*instance{},
		modules:       map[string][]key{},
		named:         map[string][]*instance{},
		subscriptions: map[string]string{},
		parents:       map[*instance]azure.Reference{},
		claims:        map[claimed]*claim{},
		deducible:     map[eachPath]map[key]key{},
		isOld:         map[azure.Position]bool{},
	}
	r.configuration = newConfiguration(r.root.Get("configuration"))
	switch formatOf(r.root) {
	case planFormat:
		if o.Before {
			r.readBefore()
		} else {
			r.readPlan()
		}
	case stateFormat:
		r.inventory.Rank = azure.RankState
		if r.checkFormatVersion() {
			r.collectModule(r.root.Get("values").Get("root_module"), everything)
		}
	case rawStateFormat:
		r.inventory.Rank = azure.RankState
		r.readRawState()
	default:
		r.report(notTerraform(r.root))
	}
	if r.inventory.Diagnostics.HasErrors() {
		return r.inventory
	}
	r.identify()
	r.convert()
	r.reportAssumed()
	r.reportDeduced()
	r.reportOld()
	return r.inventory
}

func everything(*instance) bool { return true }

func (r *reader) report(d diagnostic.Diagnostic) {
	r.inventory.Diagnostics = append(r.inventory.Diagnostics, d)
}

// readPlan collects the instances of a plan: what stands after apply, and the
// data sources that were read while planning, which only "prior_state" has.
func (r *reader) readPlan() {
	r.inventory.Rank = azure.RankPlan
	if !r.checkFormatVersion() || !r.checkPlan() {
		return
	}
	planned := r.root.Get("planned_values").Get("root_module")
	prior := r.root.Get("prior_state").Get("values").Get("root_module")
	if r.refreshesOnly() {
		r.collectPrior()
		return
	}
	r.readChanges()
	r.collectModule(planned, everything)
	r.collectModule(prior, func(i *instance) bool { return i.data && r.byAddress[i.text] == nil })
}

// readBefore collects the instances of the state that a plan was made from. The
// configuration is that of the change, so it says nothing of them; there a plan
// knows every value.
func (r *reader) readBefore() {
	if !r.checkFormatVersion() || !r.checkBefore() {
		return
	}
	r.configuration = newConfiguration(document.Value{})
	r.collectPrior()
}

// collectPrior collects the instances of "prior_state". It is refreshed as a
// plan is made, so the lists of parents in it are as new as the children.
func (r *reader) collectPrior() {
	r.inventory.Rank, r.refreshed = azure.RankState, true
	r.collectModule(r.root.Get("prior_state").Get("values").Get("root_module"), everything)
}

// readRawState collects the instances of a state file, version 4.
func (r *reader) readRawState() {
	if version, _ := r.root.Get("version").Int(); version != 4 {
		r.report(oldState(r.root.Get("version")))
		return
	}
	for resource := range r.root.Get("resources").Elements() {
		for v := range resource.Get("instances").Elements() {
			if !v.Get("deposed").IsZero() {
				continue
			}
			i, ok := r.newInstance(rawAddress(resource, v), v)
			if !ok {
				continue
			}
			i.values.value = v.Get("attributes")
			if i.values.value.Kind() != document.Object {
				r.report(oldState(v))
				return
			}
			r.add(i)
		}
	}
}

// rawAddress puts together the address of an instance of a state file.
func rawAddress(resource, instance document.Value) string {
	module, _ := resource.Get("module").String()
	mode, _ := resource.Get("mode").String()
	b := block{data: mode == "data"}
	b.typ, _ = resource.Get("type").String()
	b.name, _ = resource.Get("name").String()
	text := b.String()
	if module != "" {
		text = module + "." + text
	}
	k := key{}
	if s, ok := instance.Get("index_key").String(); ok {
		k = key{kind: textKey, text: s}
	} else if n, ok := instance.Get("index_key").Int(); ok {
		k = key{kind: numberKey, number: int(n)}
	}
	return text + k.String()
}

// refreshesOnly reports whether the plan changes nothing and has its network
// in "prior_state" alone, as -refresh-only makes it.
func (r *reader) refreshesOnly() bool {
	return !hasResources(r.root.Get("planned_values")) && r.root.Get("resource_changes").Len() == 0 &&
		hasResources(r.root.Get("prior_state").Get("values"))
}

// hasResources reports whether planned or state values have a resource.
func hasResources(values document.Value) bool {
	var in func(module document.Value) bool
	in = func(module document.Value) bool {
		return module.Get("resources").Len() > 0 || slices.ContainsFunc(collect(module.Get("child_modules")), in)
	}
	return in(values.Get("root_module"))
}
