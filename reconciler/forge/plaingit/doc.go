// Package plaingit is a forge that is nothing but Git: changes and reviews live in
// the catalog's repository as branches and tags, so that any Git server, or a
// folder, is enough.
//
// A change is a branch below a prefix, by default publish/, with commits that the
// base branch lacks. Its id is the name of the branch. Its commits are signed with
// SSH keys, and who signed is who wrote: names and addresses in a commit can be
// anybody's, so they only ever exclude. A commit that is not signed, or not well,
// is nobody's, and the author of a change with such a commit is unknown. A merge
// that adds nothing to what its parents say is nobody's either, and needs no
// signature.
//
// A review is a tag, annotated and signed, named
//
//	levee/review/<change>/<person>/<number>
//
// that points to the commit which was looked at and says in lines what it means:
//
//	Change: publish/expense-submit
//	Verdict: approve
//	Digest: expense-submit c1:7f3a9c1…
//
//	The retention is what we agreed on.
//
// Sign makes one, and so does git tag -s with gpg.format=ssh. The person in the
// name only keeps names apart: a review is by the key that signed it. A tag is
// bound to its own name, which is part of what was signed, so that a copy under
// another name says nothing. What is below the prefix of reviews and is none is
// left out and told as a Problem, the first of them one by one and the rest by their
// number. Where a tag stands in the way of the folder, Sign takes another: the person
// with a number, or the start levee-review/. Tags can be deleted and moved; what was captured
// of them first is kept elsewhere, in the ledger.
//
// The daemon lands a change as a commit with two parents, the tip of the base
// branch and the head of the change, and the tree that Repo.Propose computes. The
// commit is signed by the daemon and names the change in its trailers:
//
//	Change: publish/expense-submit
//	Change-Head: 0b1c…
//
// Only with that signature it is believed, and from it a change that landed can
// still be read when its branch is gone. A name can be used again after that; what
// was said about the earlier change then counts no more.
//
// There is no place to show a verdict, to ask or to tell: people read the ledger,
// with levee status or git log.
//
// Facts are read from the mirror as it is. Nothing here fetches; the caller does,
// and sees no less than it fetched.
package plaingit
