package terraform

import (
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// format is one of the JSON forms Terraform writes.
type format uint8

const (
	unknownFormat format = iota
	planFormat
	stateFormat
	rawStateFormat
)

// Recognise reports whether the document is a Terraform plan or state, in a
// form and version that Read can read or refuse with a reason. It does not
// look at the resources.
//
// https://developer.hashicorp.com/terraform/internals/json-format (plan and
// state representation), read 2026-11.
func Recognise(doc *document.Document) bool { return formatOf(doc.Root()) != unknownFormat }

func formatOf(root document.Value) format {
	_, versioned := root.Get("format_version").String()
	_, madeBy := root.Get("terraform_version").String()
	switch {
	case versioned && (root.Get("planned_values").Exists() || root.Get("resource_changes").Exists()):
		return planFormat
	case versioned && (madeBy || root.Get("values").Exists()):
		return stateFormat
	case madeBy && root.Get("version").Kind() == document.Number:
		return rawStateFormat
	}
	return unknownFormat
}

// checkFormatVersion refuses a format of which the meaning is not known: the
// major number changes when readers have to change.
func (r *reader) checkFormatVersion() bool {
	v := r.root.Get("format_version")
	version, _ := v.String()
	if strings.HasPrefix(version, "0.") || strings.HasPrefix(version, "1.") {
		return true
	}
	r.report(diagnostic.Errorf("terraform-format", v.Position(), "the format version is %q, expected 1 or 0", version).
		WithHint("a newer Terraform wrote this file; give the output of Terraform 1.x"))
	return false
}

// checkErrored refuses a plan that ended with an error.
func (r *reader) checkErrored() bool {
	errored, _ := r.root.Get("errored").Bool()
	if errored {
		r.report(diagnostic.Errorf("terraform-plan-errored", r.root.Get("errored").Position(), "planning ended with an error, so the plan is not the whole network").
			WithHint("correct what terraform plan reports and make the plan again"))
	}
	return !errored
}

// checkBefore refuses plans that do not hold the network as it was: those that
// change what they do not describe.
func (r *reader) checkBefore() bool {
	if !r.checkErrored() {
		return false
	}
	if hasResources(r.root.Get("prior_state").Get("values")) {
		return true
	}
	for v := range r.root.Get("resource_changes").Elements() {
		if !v.Get("change").Get("before").IsZero() {
			r.report(diagnostic.Errorf("terraform-plan-no-state", v.Position(), "the plan changes what exists and has no prior_state, so the network before the apply is not known").
				WithHint("give the state: terraform show -json"))
			return false
		}
	}
	r.report(diagnostic.Infof("terraform-plan-first", r.root.Position(), "nothing exists before the apply: the plan has no prior_state"))
	return true
}

// checkPlan refuses plans that do not hold the network as it will be.
func (r *reader) checkPlan() bool {
	if !r.checkErrored() {
		return false
	}
	if v := r.root.Get("deferred_changes"); v.Len() > 0 {
		r.report(diagnostic.Errorf("terraform-plan-deferred", v.Position(), "%d changes are deferred to a later plan, so the plan is not the whole network", v.Len()).
			WithHint("apply this plan first and check the next one"))
		return false
	}
	if r.root.Get("planned_values").IsZero() {
		r.report(diagnostic.Errorf("terraform-plan-incomplete", r.root.Position(), "the plan has no planned_values").
			WithHint("give the whole output of: terraform show -json PLANFILE"))
		return false
	}
	if r.destroys() {
		r.report(diagnostic.Errorf("terraform-plan-destroy", r.root.Get("resource_changes").Position(), "the plan destroys everything, so no network is left to check").
			WithHint("make a plan without -destroy, or give the state (terraform show -json)"))
		return false
	}
	if r.refreshesOnly() {
		r.report(diagnostic.Warningf("terraform-plan-refresh-only", r.root.Get("prior_state").Position(), "the plan only refreshes the state; what is read is the refreshed state, without the changes of the configuration").
			WithHint("make a plan without -refresh-only to check the changes"))
		return true
	}
	if complete, ok := r.root.Get("complete").Bool(); ok && !complete {
		r.report(diagnostic.Warningf("terraform-plan-partial", r.root.Get("complete").Position(), "the plan is not complete (made with -target or -exclude); what is read is the network after this plan alone").
			WithHint("make a plan without -target to check the whole configuration"))
	}
	return true
}

// destroys reports whether nothing is left after the plan.
func (r *reader) destroys() bool {
	changes := r.root.Get("resource_changes")
	if hasResources(r.root.Get("planned_values")) || changes.Len() == 0 {
		return false
	}
	for v := range changes.Elements() {
		for _, a := range actions(v.Get("change")) {
			if a == "delete" {
				return true
			}
		}
	}
	return false
}

func notTerraform(root document.Value) diagnostic.Diagnostic {
	return diagnostic.Errorf("terraform-format", root.Position(), "this is neither a Terraform plan nor a state").
		WithHint("give the output of: terraform show -json PLANFILE")
}

func oldState(v document.Value) diagnostic.Diagnostic {
	return diagnostic.Errorf("terraform-format", v.Position(), "this state file is not of version 4").
		WithHint("give the output of: terraform show -json")
}

func badAddress(v document.Value, text string) diagnostic.Diagnostic {
	return diagnostic.Errorf("terraform-address", v.Position(), "%q is not the address of a resource", text).
		WithHint("give the output of: terraform show -json, unchanged")
}

// reportAssumed tells once for how many references an instance was chosen by
// the key of the resource that refers to it.
func (r *reader) reportAssumed() {
	if len(r.assumed) == 0 {
		return
	}
	d := diagnostic.Infof("matched-by-key", r.assumed[0], "%d references to one of several instances are taken to mean the one with the same key (each.key, count.index)", len(r.assumed)).
		WithDetail("a plan tells that a key is used, not what is computed from it")
	r.report(d)
}

// reportDeduced tells once for how many references an instance was chosen by a
// key that other resources show.
func (r *reader) reportDeduced() {
	if len(r.deduced) == 0 {
		return
	}
	d := diagnostic.Infof("deduced-key", r.deduced[0], "the keys in %d references to one of several instances are deduced from resources over the same for_each", len(r.deduced)).
		WithDetail("a plan does not hold local values; the names that these resources show tell which instance each.value chose")
	r.report(d)
}

// reportOld tells once of children that a state has only in their parent's
// list.
func (r *reader) reportOld() {
	if len(r.old) == 0 {
		return
	}
	d := diagnostic.Infof("state-may-be-old", r.old[0], "%d entries of security groups, route tables, networks and subnets may be older than the resources beside them", len(r.old)).
		WithHint("terraform apply -refresh-only brings a state up to date")
	for _, at := range r.old[1:min(len(r.old), 10)] {
		d = d.WithRelated(at, "another")
	}
	r.report(d)
}
