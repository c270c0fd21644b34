// Package sandbox runs what is in a catalog and is a program, such as rules and the
// templates of charts, apart from this process. Anybody may propose such a thing, and what
// it does cannot be known before it does it: so it runs in a child process with limits of
// memory, time and output.
//
//	parent: Start the program with the name of a job → Talk: requests out, answers back, one
//	        JSON value a line → Close (process.go)
//	child:  main hands over to its job (Dispatch) → Serve sets the limits, says that it is ready, and
//	        hands requests to the job until the parent closes them (serve.go)
//
// What exceeds a limit, or ends the child, is an error of its own kind (Died): it is the
// fault of what ran there. Whatever else fails could not be told.
package sandbox
