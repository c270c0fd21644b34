package target

// Check is what was found of one thing that an installation needs, as `levee doctor` tells it.
type Check struct {
	What   string     `json:"check"` // what was looked at
	State  CheckState `json:"state"`
	Detail string     `json:"detail"`           // what was seen there
	Remedy string     `json:"remedy,omitempty"` // what to do about it; empty where it is well
}

// CheckState is how something was found.
type CheckState string

// What could not be told is neither of the others: nobody may take it for well.
const (
	CheckWell    CheckState = "well"
	CheckWrong   CheckState = "wrong"
	CheckUnknown CheckState = "unknown"
	// CheckWarning is what works, and not as somebody asked for it.
	CheckWarning CheckState = "warning"
)
