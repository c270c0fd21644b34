package catalog

import "github.com/levee-gitops/levee/catalog/scalar"

// What the fields of kinds are written as. Package scalar reads and writes them.
type (
	Name         = scalar.Name
	Approver     = scalar.Approver
	Domain       = scalar.Domain
	CPU          = scalar.CPU
	Bytes        = scalar.Bytes
	Version      = scalar.Version
	Rate         = scalar.Rate
	BlueprintRef = scalar.BlueprintRef
	Variable     = scalar.Variable
	Duration     = scalar.Duration
	Millis       = scalar.Millis
	Date         = scalar.Date
	Instant      = scalar.Instant
	Zone         = scalar.Zone
)
