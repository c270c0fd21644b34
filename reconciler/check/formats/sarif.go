package formats

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/levee-gitops/levee/reconciler/check"
)

// root is the folder that paths are relative to, as readers of SARIF know it.
const root = "%SRCROOT%"

var levels = map[severity]string{note: "note", warning: "warning", failure: "error"}

// writeSARIF writes SARIF 2.1.0, which code scanning reads.
func writeSARIF(w io.Writer, version string, r check.Report, rules []Rule) error {
	run := sarif.NewRunWithInformationURI("levee", "https://github.com/levee-gitops/levee")
	run.Tool.Driver.WithVersion(version)
	run.WithColumnKind("unicodeCodePoints")
	known := map[string]Rule{}
	for _, rule := range rules {
		known[rule.ID] = rule
	}
	invocation := sarif.NewInvocation().WithExecutionSuccessful(true)
	list := findings(r)
	for _, id := range ruleIDs(list) {
		described(run.AddRule(id), known[id])
	}
	for _, f := range list {
		message := sarif.NewTextMessage(f.text())
		if f.unjudged {
			invocation.WithExecutionSuccessful(false)
			invocation.AddToolExecutionNotification(sarif.NewNotification().WithLevel("error").WithMessage(message).WithLocations([]*sarif.Location{located(f)}))
			continue
		}
		result := run.CreateResultForRule(f.Rule).WithLevel(levels[f.severity]).WithMessage(message).WithLocations([]*sarif.Location{located(f)})
		result.WithPartialFingerprints(map[string]string{"leveeFinding/v1": f.fingerprint()})
		if f.Waiver != nil {
			result.AddSuppression(sarif.NewSuppression().WithKind("external").WithStatus("accepted").WithJustification("waived by " + *f.Waiver))
		}
	}
	run.AddInvocation(invocation)
	return sarif.NewReport().AddRun(run).PrettyWrite(w)
}

// ruleIDs are the rules of findings, each once, sorted.
func ruleIDs(list []finding) []string {
	var ids []string
	for _, f := range list {
		if !f.unjudged {
			ids = append(ids, f.Rule)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// described says of a rule what is known.
func described(d *sarif.ReportingDescriptor, r Rule) {
	if r.ID == "" {
		return
	}
	text := func(s string) *sarif.MultiformatMessageString { return sarif.NewMultiformatMessageString().WithText(s) }
	d.WithShortDescription(text(r.Title)).WithFullDescription(text(cmp.Or(r.Description, r.Title)))
	d.WithHelp(text(strings.TrimSpace(fmt.Sprintf("%s\n\n%s\n\n`levee explain %s` says more.", cmp.Or(r.Description, r.Title), r.Remedy, r.ID))))
	if len(r.Controls) > 0 {
		d.WithProperties(sarif.NewPropertyBag().Add("tags", r.Controls))
	}
}

// located is where a finding is.
func located(f finding) *sarif.Location {
	place := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewArtifactLocation().WithURI((&url.URL{Path: f.Path}).String()).WithURIBaseID(root))
	if f.Line > 0 {
		region := sarif.NewRegion().WithStartLine(f.Line)
		if f.Column > 0 {
			region.WithStartColumn(f.Column)
		}
		place.WithRegion(region)
	}
	return sarif.NewLocation().WithPhysicalLocation(place)
}
