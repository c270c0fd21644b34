// Package status says where apps stand beyond what the ledger alone says, and what becomes of
// them if nobody does anything: what `levee status` and `levee due` show. It writes nothing.
//
//	ledger, branch → apps whose file is gone, whose owner left (status.go)
//	targets → apps that are contained there and not on record yet (status.go)
//	soak, stage → where content goes on to (status.go)
//	lifecycle, played forward → what is due (due.go)
//	a key → whose it is by the roles that govern (person.go)
package status
