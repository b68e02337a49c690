package fabric

import "github.com/wayleave/wayleave/internal/azure"

// Resident is what is known of the own public address of the managed service that
// the input states in a subnet; false where it states none.
func (f *Fabric) Resident(s *azure.Subnet) (own azure.OwnAddress, service bool) {
	return leaving{fabric: f, subnet: s}.resident()
}
