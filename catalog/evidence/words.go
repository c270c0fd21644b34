package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Overview is what all files beside an app say together, in one line for the comment on a
// change and for a terminal; empty without files. It holds no text of the files. Days are
// those of a zone.
func Overview(files []Summary, zone *time.Location) string {
	var words []string
	parts, licences, unread := 0, map[string]bool{}, 0
	for _, s := range files {
		if s.Trouble != "" && s.Unsigned == "" {
			unread++
		}
		parts = max(parts, s.Parts) // several lists are of the same app
		for _, l := range s.Licences {
			licences[l.Expression] = true
		}
	}
	if parts > 0 {
		words = append(words, partWords(parts, len(licences)))
	}
	if found := openWords(files); found != "" {
		words = append(words, found)
	}
	if oldest, dated := oldestScan(files); dated {
		words = append(words, "oldest scan of "+oldest.In(zone).Format(time.DateOnly))
	}
	words = append(words, testWords(files)...)
	words = append(words, signerWords(files)...)
	if unread > 0 {
		words = append(words, count(unread, "file")+" that cannot be read")
	}
	return strings.Join(words, "; ")
}

// Words is what one file says, in one line for a terminal.
func (s Summary) Words(zone *time.Location) string {
	switch {
	case s.Unsigned != "":
		return "does not count. " + s.Unsigned
	case s.Trouble != "":
		return "says nothing. " + s.Trouble
	}
	words := []string{strings.TrimSpace(s.Format + " " + s.Version)}
	if s.Tool != "" {
		words = append(words, "by "+s.Tool)
	}
	if !s.Made.IsZero() {
		words = append(words, "of "+s.Made.In(zone).Format(time.DateOnly))
	}
	head := strings.Join(words, " ")
	words = nil
	if s.Kind == Parts {
		words = append(words, partWords(s.Parts, len(s.Licences)))
		if s.Unlicensed > 0 && s.Unlicensed < s.Parts {
			words = append(words, count(s.Unlicensed, "part")+" without one")
		}
	}
	one := []Summary{s}
	if found := openWords(one); found != "" {
		words = append(words, found)
	}
	switch s.Kind {
	case Answering:
		words = append(words, "answers about "+count(len(s.Answers), "vulnerability"))
	case Provenance:
		words = append(words, "built by "+s.Builder, "from "+cmp.Or(s.Source, "a source that it does not name"))
	case Signing:
		words = append(words, "of "+cmp.Or(strings.Join(s.About, ", "), "another file beside it"))
	}
	words = append(words, testWords(one)...)
	if len(s.Signers) > 0 {
		said := "signed by " + strings.Join(s.Signers, ", ")
		if s.Identity != "" {
			said += " (" + s.Identity + ")"
		}
		words = append(words, said)
	}
	return head + ": " + strings.Join(words, "; ")
}

// partWords says how many parts there are, under how many licences.
func partWords(parts, licences int) string {
	if licences == 0 {
		return count(parts, "part") + " without a licence"
	}
	return count(parts, "part") + " under " + count(licences, "licence")
}

// openWords says how many vulnerabilities are open, by severity, the worst first; empty
// where no file says what a scan found.
func openWords(files []Summary) string {
	open, answered, scanned := map[string]int{}, 0, false
	for _, s := range files {
		scanned, answered = scanned || s.Scanned, answered+s.Answered
		for severity, n := range s.Open {
			open[severity] += n
		}
	}
	if !scanned {
		return ""
	}
	var words []string
	for _, severity := range severities {
		if n := open[severity]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, severityWords[severity]))
		}
	}
	said := "nothing found that is open"
	if len(words) > 0 {
		said = "open: " + strings.Join(words, ", ")
	}
	if answered > 0 {
		said += fmt.Sprintf(" (%d answered)", answered)
	}
	return said
}

// severityWords are the severities as people read them after a number.
var severityWords = map[string]string{
	"critical": "critical", "high": "high", "medium": "medium", "low": "low",
	"unknown": "of unknown severity", "none": "without severity",
}

// oldestScan is when the oldest scan ended; false where none says so.
func oldestScan(files []Summary) (oldest time.Time, dated bool) {
	for _, s := range files {
		if s.Scanned && !s.Made.IsZero() && (!dated || s.Made.Before(oldest)) {
			oldest, dated = s.Made, true
		}
	}
	return oldest, dated
}

// testWords says how tests ended, and how much of the code they ran at most by one file.
func testWords(files []Summary) (words []string) {
	passed, failed, skipped, share, told := 0, 0, 0, 0, false
	for _, s := range files {
		passed, failed, skipped = passed+s.Passed, failed+s.Failed, skipped+s.Skipped
		if s.Code > 0 {
			share, told = max(share, s.Covered*100/s.Code), true
		}
	}
	if passed+failed+skipped > 0 {
		said := count(passed, "test") + " passed"
		if failed > 0 {
			said += fmt.Sprintf(", %d failed", failed)
		}
		if skipped > 0 {
			said += fmt.Sprintf(", %d skipped", skipped)
		}
		words = append(words, said)
	}
	if told {
		words = append(words, fmt.Sprintf("%d per cent of the code run by tests", share))
	}
	return words
}

// signerWords says how many files are signed and by whom, and how many had to be and are
// not. Signatures of something that lies elsewhere are no files of their own.
func signerWords(files []Summary) (words []string) {
	all, signed, unsigned := 0, 0, 0
	var signers []string
	for _, s := range files {
		if s.Kind == Signing && len(s.About) == 0 {
			continue
		}
		all++
		if len(s.Signers) > 0 {
			signed++
			signers = append(signers, s.Signers...)
		}
		if s.Unsigned != "" {
			unsigned++
		}
	}
	slices.Sort(signers)
	signers = slices.Compact(signers)
	switch signed {
	case 0:
	case all:
		words = append(words, "all signed, by `"+strings.Join(signers, "`, `")+"`")
	default:
		words = append(words, fmt.Sprintf("%d of %s signed, by `%s`", signed, count(all, "file"), strings.Join(signers, "`, `")))
	}
	if unsigned > 0 {
		words = append(words, count(unsigned, "file")+" that must be signed and is not, or not by whom it must")
	}
	return words
}

// count is a number of things.
func count(n int, thing string) string {
	switch {
	case n == 1:
		return "1 " + thing
	case strings.HasSuffix(thing, "y"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(thing, "y"))
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
