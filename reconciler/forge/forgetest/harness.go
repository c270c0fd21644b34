package forgetest

import (
	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// Harness is a forge under test, new and empty but for a base branch with a commit,
// and what people can do on it. People are named ada, bob, carol and dave. Each
// function ends the test if it cannot do what it says, and returns only when the
// forge under test can see what was done.
type Harness struct {
	Forge   forge.Forge
	Base    string // the branch that changes are for
	Unknown string // an id like that of a change, and of none

	// Who is how the forge knows a person.
	Who func(person string) forge.Identity

	// Open asks for a change with one commit by a person, on top of the base branch.
	Open func(person, name string, w Work) (id string, head catalog.Commit)
	// Push adds a commit to a change.
	Push func(id, person string, w Work) catalog.Commit
	// Rewrite replaces all commits of a change with one on top of the base branch.
	Rewrite func(id, person string, w Work) catalog.Commit
	// Update merges the base branch into a change, adding nothing.
	Update func(id, person string) catalog.Commit
	// Direct pushes a commit to the base branch, past every change.
	Direct func(person string, w Work) catalog.Commit
	// Close gives a change up, and Reopen takes it up again with the head it had.
	Close, Reopen func(id string)
	// Review reviews a change and returns the review's id.
	Review func(id, person string, s Said) string
	// Protect makes the base branch refuse what would land, with these words, until
	// it is called with none.
	Protect func(words string)

	// History is the commits of the base branch along first parents, oldest first.
	History func() []catalog.Commit
	// Read is the content of a file at a commit, and whether it is there.
	Read func(commit catalog.Commit, path string) (string, bool)

	// Settle lets so much time pass that stamps are settled; nil where they always are.
	Settle func()

	// What follows is needed where the forge claims the ability.

	Comments func(id string) []Posted                   // Comment: oldest first
	Command  func(id, person, text string)              // Command
	Drain    func()                                     // Queue: lets the merge queue finish
	Suggests func(id string) []forge.Note               // Suggest: what can be taken over with a click
	Draft    func(id string, draft bool)                // Draft
	Asked    func(id string) []forge.Identity           // Ask
	Team     func(name string, people []string)         // Team: makes one
	Status   func(catalog.Commit) (forge.State, string) // Status: as shown last, with its line
}

// Work is a commit that a person makes.
type Work struct {
	Files map[string]string // path → content
	// Names is what the commit says of its author, "Name <email>"; empty for the
	// person's own name.
	Names string
	// With names co-authors in the same form.
	With []string
}

// File is the work on one file.
func File(path, content string) Work { return Work{Files: map[string]string{path: content}} }

// Said is what a person says in a review.
type Said struct {
	Review  catalog.Review // Approve or Reject
	Commit  catalog.Commit // what was looked at; empty for the head
	Digests map[string]catalog.Digest
	Text    string
}
