package evidence

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/CycloneDX/cyclonedx-go"
)

// readCycloneDX reads a list of parts, with the vulnerabilities in it if there are any.
func readCycloneDX(name string, src []byte, isJSON bool) Summary {
	encoding := cyclonedx.BOMFileFormatXML
	if isJSON {
		encoding = cyclonedx.BOMFileFormatJSON
	}
	var bom cyclonedx.BOM
	if err := cyclonedx.NewBOMDecoder(bytes.NewReader(src), encoding).Decode(&bom); err != nil {
		return unreadable(name, cycloneDX, err)
	}
	s := Summary{Name: name, Kind: Parts, Format: cycloneDX}
	if bom.SpecVersion != 0 {
		s.Version = bom.SpecVersion.String()
	}
	if m := bom.Metadata; m != nil {
		s.Made, s.Tool = moment(m.Timestamp), toolOf(m.Tools)
		if c := m.Component; c != nil {
			s.addAbout(at(c.Name, c.Version))
			s.addAbout(c.PackageURL)
			for _, h := range listOf(c.Hashes) {
				s.addAbout(digestName(string(h.Algorithm), h.Value))
			}
		}
	}
	var licences []string
	parts := map[string]*cyclonedx.Component{} // by reference, for the vulnerabilities
	var walk func(list *[]cyclonedx.Component)
	walk = func(list *[]cyclonedx.Component) {
		for i := range listOf(list) {
			c := &(*list)[i]
			if c.Name != "" { // an object without a name is no part
				licences = append(licences, licenceOf(c.Licenses))
				parts[c.BOMRef] = c
			}
			walk(c.Components)
		}
	}
	walk(bom.Components)
	if !s.setParts(licences) {
		return tooManyLicences(name, cycloneDX)
	}
	if bom.Vulnerabilities != nil {
		s.setVulnerabilities(flawsOf(*bom.Vulnerabilities, parts))
		if s.Parts == 0 {
			s.Kind = Findings
		}
	}
	return s
}

// flawsOf lists the vulnerabilities of a file, each once for each part that has it.
func flawsOf(all []cyclonedx.Vulnerability, parts map[string]*cyclonedx.Component) []Vulnerability {
	var flaws []Vulnerability
	for _, v := range all {
		flaw := Vulnerability{ID: text(v.ID), Published: day(cmp.Or(v.Published, v.Created)), State: open}
		flaw.Severity, flaw.Score = worstRating(listOf(v.Ratings))
		if a := v.Analysis; a != nil {
			flaw.State, flaw.Reason = stateOf(a), text(cmp.Or(a.Detail, string(a.Justification)))
		}
		if len(listOf(v.Affects)) == 0 {
			flaws = append(flaws, flaw)
		}
		for _, affected := range listOf(v.Affects) {
			one := flaw
			if c := parts[affected.Ref]; c != nil {
				one.Part, one.Version = text(c.Name), text(c.Version)
			} else {
				one.Part = text(affected.Ref)
			}
			for _, r := range listOf(affected.Range) {
				if r.Status == cyclonedx.VulnerabilityStatusNotAffected {
					one.FixedIn = text(cmp.Or(r.Version, r.Range))
				}
			}
			flaws = append(flaws, one)
		}
	}
	return flaws
}

// stateOf says in a word what was found out about a vulnerability.
func stateOf(a *cyclonedx.VulnerabilityAnalysis) string {
	switch a.State {
	case cyclonedx.IASNotAffected, cyclonedx.IASFalsePositive:
		return "not affected"
	case cyclonedx.IASResolved, cyclonedx.IASResolvedWithPedigree:
		return "fixed"
	}
	return open
}

// worstRating is the worst of what several sources think of a vulnerability.
func worstRating(ratings []cyclonedx.VulnerabilityRating) (severity string, score float64) {
	rank := len(severities)
	severity = "unknown"
	for _, r := range ratings {
		says := string(r.Severity)
		if r.Score != nil && *r.Score >= 0 && *r.Score <= 10 && r.Method != cyclonedx.ScoringMethodOWASP {
			score = max(score, *r.Score)
			says = cmp.Or(says, severityOf(*r.Score))
		}
		if says == "info" {
			says = "none"
		}
		for i, known := range severities {
			if known == says && known != "unknown" && i < rank {
				rank, severity = i, known
			}
		}
	}
	return severity, score
}

// licenceOf is the licence of a part as one expression. Several that stand side by side
// all hold.
func licenceOf(licences *cyclonedx.Licenses) string {
	if licences == nil {
		return ""
	}
	var all []string
	for _, l := range *licences {
		expression := l.Expression
		if l.License != nil {
			expression = cmp.Or(l.License.ID, l.License.Name)
		}
		if expression = strings.TrimSpace(expression); expression != "" {
			all = append(all, expression)
		}
	}
	if len(all) > 1 {
		for i, expression := range all {
			if strings.Contains(strings.ToUpper(expression), " OR ") {
				all[i] = "(" + expression + ")"
			}
		}
	}
	return strings.Join(all, " AND ")
}

func toolOf(tools *cyclonedx.ToolsChoice) string {
	if tools == nil {
		return ""
	}
	for _, c := range listOf(tools.Components) {
		return text(at(c.Name, c.Version))
	}
	for _, t := range listOf(tools.Tools) {
		return text(at(t.Name, t.Version))
	}
	return ""
}

// digestName writes a digest as images do: sha256:…
func digestName(algorithm, value string) string {
	return strings.ToLower(strings.ReplaceAll(algorithm, "-", "")) + ":" + strings.ToLower(value)
}

func listOf[T any](list *[]T) []T {
	if list == nil {
		return nil
	}
	return *list
}
