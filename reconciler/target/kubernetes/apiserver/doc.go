// Package apiserver asks the API server of one cluster.
//
//	options → clients, for each environment as the user who acts there (client.go)
//	a kind → where it is served, or NotServed (mapper.go)
//	a resource → what is there of it (read.go); applied, tried, overwritten, deleted (write.go)
//	what changes of what belongs to this target, as it happens (watch.go)
//	an error of the API server → what people need of it (answers.go)
//
// What could not be told is an error, never something that is not there. What belongs to this target
// has the label of its inventories' namespace: nothing else is deleted.
package apiserver
