// Package identity tells who somebody on a forge is, and who had a hand in what.
//
//	roles.yaml that governs → Directory: the person behind an account or a key
//	facts of a change → who contributed to a folder, and problems where that is nobody known
//	commits on the catalog's branch → History: who brought what landed past the check
//
// It is the one place where contributors become people. An approval counts only if its
// giver contributed nothing, so whatever cannot be told here is a problem of the change
// and never somebody who may approve.
package identity
