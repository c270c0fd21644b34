// Package directory is the target that is nothing but a folder: what shall run is
// written where something else, a supervisor, a sync job or a person, watches.
//
// Under the root every environment is a folder:
//
//	production/apps/expense-submit.json         what runs: the runtime document, with the
//	                                            files that its blueprint has for it in directory/
//	production/apps/expense-submit.health.json  how it does, by whoever runs it; optional
//	production/disabled/expense-submit.json     the same, not to be run
//	production/quarantined/expense-submit.json  the same, contained
//	production/.levee/inventory/…               one entry an app: what was written
//	production/.levee/marks/…                   one file a contained app
//	production/.levee/witness.json              the newest fence ever applied
//	production/.levee/{locks,staging}/          for the length of a call
//
// # Where it is done
//
//	system calls (disk) → the folders of an environment, and its locks (layout)
//	→ entries, marks and the witness (inventory) → what lies there, beside what was written (live)
//
//	observe: all of this, of which what has not changed is remembered (observe.go, view.go, memory.go)
//	preview: what applying would do (preview.go, pretty.go)
//	apply: the entry, the document, the entry once more where it was claimed (apply.go, settle.go)
//	quarantine and release: a mark, then what runs is moved aside (contain.go)
//	remove: the files, and the entry last (remove.go); watch: what changes (watch.go)
//
// # Whose file it is
//
// An app's first apply claims its name in all three folders, if nothing stands
// there. From then on whatever lies under the name is the app's, changed or
// misplaced as it may be, and is put right; a folder with things in it never is.
// A name without an entry, or with an entry whose claim was not finished, is
// somebody else's and refused with target.ErrForeign.
//
// # What a kill leaves
//
// Everything is staged, synced and then named by one rename or link, so no reader
// sees half a file. An entry is written before the document, with the sum of the
// bytes to come: a kill between the two looks like drift, never like a foreign
// file. Taking away goes the other way, the files first and the entry last. The
// witness is raised, and what an earlier kill left is cleared, before anything is
// made right: once all looks right, nobody has a reason to come again.
//
// A mark is a file of its own, created in one call, and being there is what counts:
// a mark whose text was lost contains all the same, and damage to an entry cannot
// lift it. It is written before any lock is waited for, and an apply looks for it
// again when it is done, so that containment waits for nobody. What was cut stays
// as it was found, for people to look at, until newer content comes to wait there.
//
// # What is believed
//
// A document counts as unchanged if its bytes have the sum that was written. A sum
// is remembered, in memory only, with the size, the times and the inode of the
// file, and only once these are too old to hide a later write. A damaged entry is
// told as drift of that one app: the next apply writes it anew, since the ledger
// knows what belongs there. An entry that cannot be read at all is an error for
// who asks for that app by name, and drift for who asks for all.
//
// # How an app does
//
// What lies there as it was applied is ready since it was written, which the entry keeps.
// Whoever runs it may say otherwise in the health file, an object of state, reason, share, until and
// since, replaced by one rename and written anew after each new document: what was said
// before counts as not ready yet. The file is never written here, is no drift, and is not
// believed beyond what it may say: whatever else it holds means unknown.
//
// # What is told at once
//
// Watch tells of each app under whose name a file changed in one of these folders, whoever
// changed it, and of a whole environment where a folder came, went or was moved.
//
// Links are never followed out of an environment's folder, nor between the folders
// in it.
package directory
