package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/levee-gitops/levee/catalog/safetext"
)

// Kind is what a file is evidence of.
type Kind string

// The kinds.
const (
	Parts      Kind = "parts"      // what the app is built from
	Findings   Kind = "findings"   // what a scan found
	Answering  Kind = "answers"    // what was found out about findings
	Tests      Kind = "tests"      // how the app's tests ended
	Coverage   Kind = "coverage"   // how much of its code they ran
	Provenance Kind = "provenance" // what built the app, and from which source
	Signing    Kind = "signature"  // the signature of something that lies elsewhere: an image, or another file
)

// The bounds of a file. Past any of them it has a Trouble.
const (
	MaxSize       = 32 << 20  // bytes of one file
	maxDepth      = 64        // values within values
	maxContainers = 250_000   // objects and lists, or elements and attributes
	maxValues     = 4_000_000 // values of all kinds
	maxLicences   = 500       // different ones
	maxAnswers    = 1_000     // vulnerabilities answered
)

// The bounds of a Summary. What is past them is counted and not listed.
const (
	maxListed   = 50  // vulnerabilities
	maxSubjects = 16  // names of what a file is about
	maxText     = 120 // characters of one text
)

// Summary is what one file says. It must not be changed.
type Summary struct {
	Name    string    `json:"name"`              // the file's name in its folder
	Kind    Kind      `json:"kind,omitempty"`    // empty where the format is not known
	Format  string    `json:"format,omitempty"`  // such as CycloneDX
	Version string    `json:"version,omitempty"` // of the format
	Tool    string    `json:"tool,omitempty"`    // what wrote the file, with its version
	Made    time.Time `json:"made,omitzero"`     // when it was written, or the scan ended; zero where the file does not say
	About   []string  `json:"about,omitempty"`   // what it is about, as the file names it: name@version, digests, commits

	Parts      int       `json:"parts,omitempty"`      // parts listed, without the app itself
	Licences   []Licence `json:"licences,omitempty"`   // of the parts, by expression
	Unlicensed int       `json:"unlicensed,omitempty"` // parts that name no licence

	Scanned         bool            `json:"scanned,omitempty"`         // whether the file says what a scan found, be it nothing
	Vulnerabilities []Vulnerability `json:"vulnerabilities,omitempty"` // the worst first, at most maxListed
	Open            map[string]int  `json:"open,omitempty"`            // all that are open, by severity
	Answered        int             `json:"answered,omitempty"`        // all that are not: not affected, fixed or suppressed with a reason
	Answers         []Answer        `json:"answers,omitempty"`         // of vulnerabilities that other files name

	Passed  int `json:"passed,omitempty"` // tests
	Failed  int `json:"failed,omitempty"`
	Skipped int `json:"skipped,omitempty"`
	Covered int `json:"covered,omitempty"` // lines or statements that tests ran
	Code    int `json:"code,omitempty"`    // all of them

	Builder string `json:"builder,omitempty"` // what built the app, as its provenance names it
	Source  string `json:"source,omitempty"`  // the address of the repository that it was built from

	// Signers are those of the catalog's settings whose signature on it holds, and Identity whom
	// its certificate names. Unsigned is why
	// none does although one must, as a sentence, and Remedy what to do then. Read knows none of
	// them: they are from whoever knows the settings.
	Signers  []string `json:"signers,omitempty"`
	Identity string   `json:"identity,omitempty"`
	Unsigned string   `json:"unsigned,omitempty"`
	Remedy   string   `json:"remedy,omitempty"`

	// Trouble is why the file says nothing, as a sentence; empty where it was read.
	Trouble string `json:"trouble,omitempty"`
}

// Licence is one expression, with the number of parts that carry it.
type Licence struct {
	Expression string `json:"expression"`
	Parts      int    `json:"parts"`
}

// Vulnerability is one flaw that a file names.
type Vulnerability struct {
	ID        string  `json:"id"`
	Severity  string  `json:"severity"`          // critical, high, medium, low, none or unknown
	Score     float64 `json:"score,omitempty"`   // CVSS; 0 where there is none
	Part      string  `json:"part,omitempty"`    // what has it
	Version   string  `json:"version,omitempty"` // of the part
	FixedIn   string  `json:"fixedIn,omitempty"`
	Published string  `json:"published,omitempty"` // the day, as 2006-01-02
	State     string  `json:"state"`               // open, or why it is not: not affected, fixed, suppressed
	Reason    string  `json:"reason,omitempty"`    // what the file gives for a state other than open
}

// Answer is what was found out about a vulnerability in a part, which is empty for all.
type Answer struct {
	ID     string `json:"id"`
	Part   string `json:"part,omitempty"`
	State  string `json:"state"` // not affected, or fixed
	Reason string `json:"reason,omitempty"`
}

// open is the state of a flaw that nobody answered.
const open = "open"

// severities are all there are, the worst first. An unknown one could be any, and stands
// before those that are known to be less than high.
var severities = []string{"critical", "high", "unknown", "medium", "low", "none"}

// severityOf is the severity of a CVSS score.
func severityOf(score float64) string {
	switch {
	case score >= 9:
		return "critical"
	case score >= 7:
		return "high"
	case score >= 4:
		return "medium"
	case score > 0:
		return "low"
	}
	return "none"
}

// trouble returns a summary of a file that says nothing.
func trouble(name, format, why string, args ...any) Summary {
	return Summary{Name: name, Format: format, Trouble: fmt.Sprintf(why, args...)}
}

// setVulnerabilities counts all flaws of a file and keeps the worst.
func (s *Summary) setVulnerabilities(all []Vulnerability) {
	s.Scanned, s.Open, s.Answered = true, map[string]int{}, 0
	for _, v := range all {
		if v.State == open {
			s.Open[v.Severity]++
		} else {
			s.Answered++
		}
	}
	slices.SortFunc(all, func(a, b Vulnerability) int {
		return cmp.Or(
			-compareBool(a.State == open, b.State == open),
			cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity)),
			-cmp.Compare(a.Score, b.Score),
			strings.Compare(a.ID, b.ID), strings.Compare(a.Part, b.Part), strings.Compare(a.Version, b.Version),
			strings.Compare(a.State, b.State), strings.Compare(a.Reason, b.Reason),
			strings.Compare(a.FixedIn, b.FixedIn), strings.Compare(a.Published, b.Published),
		)
	})
	s.Vulnerabilities = slices.Clone(all[:min(len(all), maxListed)])
}

// compareBool has false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// setParts counts the parts of a file by their licence; "" is none. It is false where
// there are more different ones than are kept.
func (s *Summary) setParts(licences []string) bool {
	counts := map[string]int{}
	s.Parts = len(licences)
	for _, l := range licences {
		if l = text(l); l == "" {
			s.Unlicensed++
		} else {
			counts[l]++
		}
	}
	for expression, n := range counts {
		s.Licences = append(s.Licences, Licence{expression, n})
	}
	slices.SortFunc(s.Licences, func(a, b Licence) int { return strings.Compare(a.Expression, b.Expression) })
	return len(counts) <= maxLicences
}

// tooManyLicences is the trouble of a file for which setParts is false.
func tooManyLicences(name, format string) Summary {
	return trouble(name, format, "It names more than %d different licences.", maxLicences)
}

// addAbout adds a name of what the file is about, if it is one and there is room.
func (s *Summary) addAbout(name string) {
	if name = text(name); name != "" && len(s.About) < maxSubjects && !slices.Contains(s.About, name) {
		s.About = append(s.About, name)
	}
}

// text is a text of a file as it is kept: one line, visible, without backquotes, so that
// it stays within the quotation marks that it is shown in, and short.
func text(s string) string {
	if len(s) > 8*maxText {
		s = s[:8*maxText] // Shown need not look at more
	}
	s = strings.ReplaceAll(safetext.Shown(strings.TrimSpace(strings.ToValidUTF8(s, "\ufffd")), false), "`", "'")
	if utf8.RuneCountInString(s) > maxText {
		s = string([]rune(s)[:maxText-1]) + "…"
	}
	return s
}

// at is name@version, or what there is of them.
func at(name, version string) string {
	if name != "" && version != "" {
		return name + "@" + version
	}
	return cmp.Or(name, version)
}

// moment reads an instant; zero for what is none.
func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// day is the day of an instant, or of a text that begins with one; empty for neither.
func day(s string) string {
	if len(s) < len(time.DateOnly) {
		return ""
	}
	t, err := time.Parse(time.DateOnly, s[:len(time.DateOnly)])
	if err != nil {
		return ""
	}
	return t.Format(time.DateOnly)
}
