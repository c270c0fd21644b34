// Package judge asks the rules about apps, and says what follows. It writes nothing and
// pushes nothing: its answers are records to be written, and moments to look again.
//
//	governance, the catalog's branch, a moment → Judge (judge.go)
//	content that landed → Land, Settle: admitted or held (landed.go)
//	content that runs → Rejudge: by today's rules (running.go)
//	content that soaked → Promote: to the next environment (promote.go)
//	a folder that goes → Removal (removal.go)
//	where content goes and where it is → Environments (environment.go)
//	proposed governance → comparison: which apps would be judged otherwise (impact.go), and
//	become something else (rerender.go)
//	what cannot be rendered → problems of content, or of what would govern (render.go)
//	a ledger that begins → Adopt (adopt.go)
package judge
