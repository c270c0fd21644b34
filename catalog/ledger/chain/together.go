package chain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// maxTogether is how many records one commit holds at most, and ledger.MaxFile how many
// bytes they have together. Where many are written at once, the folders above them and the
// state are written once for all.
const maxTogether = 512

// aboutOne are the kinds of records that change the state of their subject and nothing
// else. Several of one kind, about as many subjects, may stand in one commit: each of them
// follows from the state before it, whatever the others say.
var aboutOne = []ledger.Kind{ledger.KindClaim, ledger.KindReceipt, ledger.KindHealth, ledger.KindDecision, ledger.KindAdmission}

// bookkeeping are the kinds of records that a daemon writes about its own work. They are
// written together; what people ask for, approve and are told has commits of its own.
var bookkeeping = []ledger.Kind{ledger.KindClaim, ledger.KindReceipt, ledger.KindHealth}

// A written is a record as it lies in a commit.
type written struct {
	record ledger.Record
	body   any
	raw    []byte
	entry  ledger.Entry // that it was made of; empty where it was read
}

// together is the records of one commit, in their order.
type together []written

// refused says why the records cannot be those of one commit, or is empty.
func (t together) refused() string {
	if len(t) == 0 {
		return "it adds no record"
	}
	if len(t) > maxTogether {
		return fmt.Sprintf("it adds %d records; a commit adds at most %d", len(t), maxTogether)
	}
	for i, w := range t {
		if !t[:i].takes(w.record, len(w.raw)) {
			return fmt.Sprintf("it adds %d records that do not go together", len(t))
		}
	}
	return ""
}

// takes reports whether a record of so many bytes may follow in the same commit.
func (t together) takes(r ledger.Record, size int) bool {
	if len(t) == 0 {
		return true
	}
	if len(t) == maxTogether || r.Kind != t[0].record.Kind || !slices.Contains(aboutOne, r.Kind) {
		return false
	}
	for _, w := range t {
		if size += len(w.raw); size > ledger.MaxFile || w.record.Subject == r.Subject {
			return false
		}
	}
	return true
}

// trailers are the lines that say which records a commit holds.
func (t together) trailers() []gitrepo.Trailer {
	first, last := t[0].record, t[len(t)-1].record
	seqs := fmt.Sprint(first.Seq)
	if last.Seq > first.Seq {
		seqs = fmt.Sprintf("%d-%d", first.Seq, last.Seq)
	}
	list := []gitrepo.Trailer{{Key: "Seq", Value: seqs}, {Key: "Kind", Value: string(first.Kind)}}
	for _, w := range t {
		list = append(list, gitrepo.Trailer{Key: "App", Value: w.record.Subject})
	}
	return list
}

// named reports whether a message names the records it comes with.
func (t together) named(info *gitrepo.CommitInfo) bool {
	own := slices.DeleteFunc(slices.Clone(info.Trailers), func(x gitrepo.Trailer) bool { return !reserved(x.Key) })
	return slices.Equal(own, t.trailers())
}

// reserved reports whether a trailer is one that every commit has.
func reserved(key string) bool { return key == "Seq" || key == "Kind" || key == "App" }

// message is the text of a commit: a sentence and trailers. That of several records has a
// line for each.
func (t together) message() string {
	var b strings.Builder
	trailers := t.trailers()
	if len(t) == 1 {
		b.WriteString(sentence(t[0].entry) + "\n\n")
		for _, x := range t[0].entry.Trailers {
			if key := trailerKey(x.Key); key != "" && !reserved(key) {
				trailers = append(trailers, gitrepo.Trailer{Key: key, Value: x.Value})
			}
		}
	} else {
		b.WriteString(t.sentence() + "\n\n")
		for _, w := range t {
			b.WriteString("- " + sentence(w.entry) + "\n")
		}
		b.WriteString("\n")
	}
	for _, x := range trailers {
		if value := ledger.OneLine(x.Value, 500); value != "" {
			b.WriteString(x.Key + ": " + value + "\n")
		}
	}
	return b.String()
}

// mostNamed is how many subjects the first line of a message names.
const mostNamed = 3

// sentence says for people what several records are about.
func (t together) sentence() string {
	var names []string
	for _, w := range t[:min(len(t), mostNamed)] {
		names = append(names, w.record.Subject)
	}
	said := fmt.Sprintf("Record %d %ss: %s", len(t), t[0].record.Kind, strings.Join(names, ", "))
	if more := len(t) - mostNamed; more > 0 {
		said += fmt.Sprintf(" and %d more", more)
	}
	return said
}

// sentence is what an entry says for people.
func sentence(e ledger.Entry) string {
	if s := ledger.OneLine(e.Sentence, 200); s != "" {
		return s
	}
	return "Record " + string(e.Kind) + " of " + e.Subject
}

// trailerKey keeps what a key of a trailer may have.
func trailerKey(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' {
			return c
		}
		return -1
	}, s)
}
