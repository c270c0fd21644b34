// Package approval turns the reviews of a change into approvals, rejections and
// withdrawals: who gave them, in which roles, and for which content, as far as it can be
// known. It is used when a change is reviewed, and once more when it has landed.
//
//	a review, as the forge says → person, roles, digest, since when it could be read → record
//
// Whether what was captured suffices is decided by package policies.
package approval
