package servicetag

import "testing"

func TestTAG50DocumentedNames(t *testing.T) {
	for name, want := range map[string]bool{
		"Sql": true, "SQL": true, "Storage.WestEurope": true, "AzureMonitor.Core": true, "AzureCloud.westeurope": true,
		"snet-compute": false, "app": false, "Storage.Nowhere": false,
	} {
		if got := Documented(name); got != want {
			t.Errorf("Documented(%q) is %v, want %v", name, got, want)
		}
	}
}
