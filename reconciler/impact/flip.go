package impact

import (
	"cmp"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// Absent stands in place of the verdict on an app that is not there.
const Absent policies.Verdict = "absent"

// Flip is what differs between two decisions on an app: as it stands, and as it would stand with
// a change.
type Flip struct {
	App  string           `json:"app"`
	Path string           `json:"path"`
	From policies.Verdict `json:"from"`
	To   policies.Verdict `json:"to"`
	// Begins are rules that newly say something, and Ceases those that no longer do, by id.
	Begins []Voice `json:"begins"`
	Ceases []Voice `json:"ceases"`
	// Asks are approvals that are newly asked for, and Asked the roles whose approval no longer
	// is, by role.
	Asks  []policies.Requirement `json:"asks"`
	Asked []string               `json:"asked"`

	Problem string                `json:"problem,omitempty"` // the first that denies it
	Missing *policies.Requirement `json:"missing,omitempty"` // the first approval that is missing, where nothing denies it
	Reason  string                `json:"reason,omitempty"`  // why it could not be told
	Running *policies.Running     `json:"running,omitempty"` // what follows for content that runs
	Grace   catalog.Duration      `json:"grace,omitempty"`   // in seconds, until the app has to be mended; zero where none is known
}

// Voice is that a rule says something of an app, and with what weight.
type Voice struct {
	Rule    string        `json:"rule"`
	Level   catalog.Level `json:"level"`
	Waived  bool          `json:"waived,omitempty"`
	Message string        `json:"message,omitempty"` // the first of what it begins to say
}

func (v Voice) same(w Voice) bool {
	return v.Rule == w.Rule && v.Level == w.Level && v.Waived == w.Waived
}

// Between compares two decisions on an app, either of which may be nil: on an app that is not there
// yet, or no longer. Changed tells whether anything differs.
func Between(before, after *policies.Decision, now time.Time) Flip {
	f := Flip{From: Absent, To: Absent}
	was, is := policies.Decision{}, policies.Decision{}
	if before != nil {
		was, f.From, f.App, f.Path = *before, before.Verdict, before.Subject, before.Path
	}
	if after != nil {
		is, f.To, f.App, f.Path = *after, after.Verdict, after.Subject, after.Path
	}
	spoke, speaks := voices(was.Problems), voices(is.Problems)
	f.Begins, f.Ceases = without(speaks, spoke), without(spoke, speaks)
	for i := range f.Ceases {
		f.Ceases[i].Message = ""
	}
	f.Asks, f.Asked = []policies.Requirement{}, []string{}
	for _, r := range is.Approvals.Required {
		if !asks(was, r.Role) {
			f.Asks = append(f.Asks, r)
		}
	}
	for _, r := range was.Approvals.Required {
		if after != nil && !asks(is, r.Role) {
			f.Asked = append(f.Asked, r.Role)
		}
	}
	f.Reason, f.Running = is.Reason, is.Running
	if i := slices.IndexFunc(is.Problems, catalog.Problem.Denies); i >= 0 {
		f.Problem = is.Problems[i].Message
	} else if is.Verdict == policies.NeedsApproval {
		if i := slices.IndexFunc(is.Approvals.Required, func(r policies.Requirement) bool { return slices.Contains(is.Approvals.Missing, r.Role) }); i >= 0 {
			f.Missing = &is.Approvals.Required[i]
		}
	}
	// The grace of an app that was fine begins with the change, whenever that is.
	if r := is.Running; r != nil && r.Effect == policies.Grace && was.Verdict == policies.Allow {
		f.Grace = catalog.Duration(r.Until.Sub(now).Seconds())
	}
	return f
}

// Verdict reports whether the verdict differs.
func (f Flip) Verdict() bool { return f.From != f.To }

// Changed reports whether anything differs: the verdict, what rules say, or who is asked.
func (f Flip) Changed() bool {
	return f.Verdict() || len(f.Begins)+len(f.Ceases)+len(f.Asks)+len(f.Asked) > 0
}

// NewlyDenied reports whether the app is stopped by the change: denied, or its file wrong, and
// neither before.
func (f Flip) NewlyDenied() bool { return stopped(f.To) && !stopped(f.From) }

// NewlyUntold reports whether the change leaves the app without a verdict.
func (f Flip) NewlyUntold() bool { return f.To == policies.Error && f.From != policies.Error }

func stopped(v policies.Verdict) bool { return v == policies.Deny || v == policies.Invalid }

func asks(d policies.Decision, role string) bool {
	return slices.ContainsFunc(d.Approvals.Required, func(r policies.Requirement) bool { return r.Role == role })
}

// voices are the rules that say something in problems, each once, by id; the gravest first.
func voices(problems []catalog.Problem) []Voice {
	all := []Voice{}
	for _, p := range problems {
		v := Voice{p.Rule, p.Level, p.Waiver != nil, p.Message}
		if !slices.ContainsFunc(all, v.same) {
			all = append(all, v)
		}
	}
	slices.SortStableFunc(all, func(a, b Voice) int { return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Level, b.Level)) })
	return all
}

// without leaves the voices that are not among others.
func without(list, others []Voice) []Voice {
	return slices.DeleteFunc(slices.Clone(list), func(v Voice) bool { return slices.ContainsFunc(others, v.same) })
}

// Redacted is the flip with its texts as a redactor leaves them.
func (f Flip) Redacted(text func(string) string) Flip {
	f.App, f.Path, f.Problem, f.Reason = text(f.App), text(f.Path), text(f.Problem), text(f.Reason)
	f.Begins, f.Asks = slices.Clone(f.Begins), slices.Clone(f.Asks)
	for i := range f.Begins {
		f.Begins[i].Message = text(f.Begins[i].Message)
	}
	for i := range f.Asks {
		f.Asks[i].Reason = text(f.Asks[i].Reason)
	}
	if f.Missing != nil {
		missing := *f.Missing
		missing.Reason = text(missing.Reason)
		f.Missing = &missing
	}
	return f
}
