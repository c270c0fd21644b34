// Package review looks at one open change: it reads what the forge says of it, judges what
// would land, captures its reviews, records what is new, and shows, asks, mentions and lands
// what follows.
//
//	rest.go     which changes have to be looked at at all
//	review.go   the pass over one change, as a page
//	decide.go   the decision on each subject, and which decisions are recorded
//	subject.go  each app that the change touches; strays.go  what is no app
//	effects.go  what is done on the forge; mention.go  who is told once
//	foresee.go  what targets say that it would do, asked beside the reviews
//	page.go     what the comment is written from; preview.go  the same without doing it
package review
