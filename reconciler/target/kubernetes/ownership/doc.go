// Package ownership reads who owns which fields of a live resource. The API server keeps this in its
// managed fields: whoever applies or changes a field becomes its owner.
//
//	managed fields and the values that they name, taken apart (parts.go)
//	→ a digest of the fields that Levee owns: it differs once anybody changed one (digest.go)
//	→ the fields that others took over, and who they are (taken.go)
//
// It is pure: it looks at a resource that was read.
package ownership
