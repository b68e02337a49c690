package terraform

import "github.com/wayleave/wayleave/internal/azure"

// settings are attributes that the model does not hold, each as Azure calls it:
// none where it is not set.
func settings(name string, f field, azureForm func(any) any) []azure.Setting {
	switch {
	case !f.isSet():
		return nil
	case f.mayBeUnknown():
		return []azure.Setting{{Name: name, Unknown: f.open()}}
	}
	return []azure.Setting{{Name: name, Value: azureForm(f.value.Any())}}
}

func asIs(v any) any { return v }

// idList are a list of ids as Azure writes them.
func idList(v any) any {
	ids, _ := v.([]any)
	var list []any
	for _, id := range ids {
		list = append(list, map[string]any{"id": id})
	}
	return list
}

// headers are those that an application rule inserts.
func headers(v any) any {
	list, _ := v.([]any)
	var all []any
	for _, h := range list {
		one, _ := h.(map[string]any)
		all = append(all, map[string]any{"headerName": one["name"], "headerValue": one["value"]})
	}
	return all
}

// policies are those of a subnet, which the provider has as a boolean.
func policies(on bool) func(any) any {
	return func(v any) any {
		if v == on {
			return "Enabled"
		}
		return "Disabled"
	}
}

// subnetExtras are the settings of a subnet.
func subnetExtras(f field) []azure.Setting {
	const link = "privateLinkServiceNetworkPolicies"
	list := settings("serviceEndpointPolicies", f.get("service_endpoint_policy_ids"), idList)
	now := settings(link, f.get("private_link_service_network_policies_enabled"), policies(true))
	if len(now) == 0 { // before version 3 of the provider
		now = settings(link, f.get("enforce_private_link_service_network_policies"), policies(false))
	}
	return append(append(list, now...), settings("sharingScope", f.get("sharing_scope"), asIs)...)
}
