// Package api asks GitHub's REST API about one repository, in the name of one account.
//
//	the repository, with the client of its requests → what GitHub has on it (repository.go), whole
//	lists of it (pages.go); in whose name it is asked (account.go), and who others are (identity.go)
//	texts as GitHub takes them (text.go), and its errors as the contract names them (errors.go)
//	what was asked for or written lately (memory.go)
//
// What is made of the answers is the work of the packages beside it.
package api
