// Package session is one look at the ledger and the catalog's repository, and what is
// recorded upon it.
//
//	Source: repository, ledger and branch, and the catalogs read lately (source.go,
//	  past.go); it lives as long as the process
//	Session.Look: fetch → view of the ledger, tip of the branch; frozen and unreachable
//	  are told apart (session.go)
//	Session.Recall: the view that was there last, for who only answers (session.go)
//	Claim: the record that asks to do something (record.go)
//	Note, Push: records upon the view, landed together by one push (record.go)
//	Keep, Retried: again, as long as another writer is first (record.go)
//	Folder, Document: what lay at a path of a commit (files.go)
//	File: what governs, read from the ledger alone (governing.go)
//
// A Session is not safe for concurrent use; a Source is. Sessions of one process are
// opened one after the other by whoever holds the reconciler's lock, so only another
// process can be first with a push.
package session
