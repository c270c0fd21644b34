// Package render says what an app becomes where it runs: what it may use and reach in one
// environment, and what the kind of target there makes of that. It is pure.
//
//	app, blueprint, vendors, environment → runtime document and render digest (render.go)
//	with the blueprint's files for the target's kind → artefact, or problems (source.go)
//
// Admissions and targets key on the render digest: it names all that was read. So an
// artefact is remembered by it, and two replicas apply the same.
package render
