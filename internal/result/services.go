package result

// ServicesSchema and ServiceTableSchema name the shapes of Services and
// ServiceTable.
const (
	ServicesSchema     = "wayleave.services/v1"
	ServiceTableSchema = "wayleave.service/v1"
)

// Services is the answer of `wayleave services list`.
type Services struct {
	Schema   string    `json:"schema"`
	Services []Edition `json:"services"`
}

// Edition is one edition of a service's requirement table.
type Edition struct {
	Service      string `json:"service"`
	Edition      string `json:"edition"`
	Default      bool   `json:"default"`
	Title        string `json:"title"`
	State        string `json:"state"`
	Requirements int    `json:"requirements"`
}

// ServiceTable is the answer of `wayleave services show`.
type ServiceTable struct {
	Schema     string             `json:"schema"`
	Service    string             `json:"service"`
	Edition    string             `json:"edition"`
	Title      string             `json:"title"`
	State      string             `json:"state"`
	StateNote  string             `json:"stateNote,omitempty"`
	Sources    []TableSource      `json:"sources"`
	Parameters []TableParameter   `json:"parameters"`
	Rows       []TableRequirement `json:"requirements"`
}

// TableSource is a page the facts come from.
type TableSource struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Path  string `json:"path"`
	Date  string `json:"date"`
	Note  string `json:"note,omitempty"`
}

// TableParameter is a parameter that changes the table.
type TableParameter struct {
	Name    string   `json:"name"`
	Values  []string `json:"values"`
	List    bool     `json:"list"`
	Default string   `json:"default,omitempty"`
	Meaning string   `json:"meaning"`
}

// TableRequirement is a row as its page has it.
type TableRequirement struct {
	ID               string            `json:"id"`
	Row              string            `json:"row"`
	Purpose          string            `json:"purpose"`
	Direction        string            `json:"direction"`
	Protocols        []string          `json:"protocols"`
	SourcePorts      []string          `json:"sourcePorts"`
	DestinationPorts []string          `json:"destinationPorts"`
	Source           string            `json:"source"`
	Destination      string            `json:"destination"`
	Severity         string            `json:"severity"`
	When             map[string]string `json:"when,omitempty"`
	RequiredWhen     map[string]string `json:"requiredWhen,omitempty"`
	Capability       string            `json:"capability"`
	Consequence      string            `json:"consequence"`
	From             string            `json:"from"`
	Note             string            `json:"note,omitempty"`
}
