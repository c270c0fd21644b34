// Package gitrepo reads and writes the catalog's Git repository. It is the only
// place that knows Git; everything else speaks of commits, files and changes.
//
// In the order in which data flows:
//
//   - Fetch. The repository lives on a server, the remote. Open keeps a bare copy of it,
//     the mirror, in a folder of its own: pure cache, which may be
//     deleted at any time. Fetch asks the remote what its refs point to and brings what is
//     missing; when nothing moved, that question is all it costs. A change that
//     is too large to bring holds up nothing else. OpenClone gives a second
//     process a mirror of its own (clone.go). No work tree exists, so no path of a commit
//     is ever a path on disk, and nothing in a commit can be executed.
//   - Read. Reading starts from a commit: Commit and Tag say what is written in it, Files
//     lists and reads its tree, and Descends, MergeBases, FirstParents and Between answer
//     questions about history from a graph of commits that is kept in memory (history.go),
//     so that a hundred thousand commits are not read to learn about the last three.
//   - Propose. Diff compares two trees without entering folders that are equal. Propose
//     lays what one branch changed over the tip of another, by path and never by text.
//   - Push. Writing starts with a Batch: paths are put and deleted on top of a commit,
//     commits and tags are made and signed (draft.go), all of it in memory. Push sends
//     exactly the objects of the batch, moves refs from the values they are expected to
//     have, and says apart a race that was lost (ErrStale), a refusal (ErrRejected) and
//     everything else, after which only another look at the remote can tell.
//
// Signatures are SSH signatures (package sshkey), made and verified over the bytes
// as they are stored. An object whose headers can be read in two ways is never verified.
//
// Five packages inside do the work. Three do not know each other's business: packstore
// keeps objects and the commit graph on disk, remote speaks the wire protocol, and tree,
// which reads from packstore, takes trees apart. Upon these, object reads what is written in
// commits and tags, and mirror keeps the mirror: this package joins them.
//
// A repository is written by others, so every object is hostile until read: sizes
// are checked before memory is spent, walks end with their context, and a wrong
// object is an error about that object, never a crash.
//
// All methods of Repo are safe for concurrent use, and so are Files and every
// other value that is read from it. A Batch belongs to one goroutine.
package gitrepo
