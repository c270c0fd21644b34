package evidence

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// sarifFile is what is read of SARIF 2.1.0.
type sarifFile struct {
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver     sarifTool   `json:"driver"`
		Extensions []sarifTool `json:"extensions"`
	} `json:"tool"`
	Invocations []struct {
		Successful *bool  `json:"executionSuccessful"`
		End        string `json:"endTimeUtc"`
	} `json:"invocations"`
	Provenance []struct {
		Revision string `json:"revisionId"`
	} `json:"versionControlProvenance"`
	// Results is nil where the run looked for none.
	Results *[]sarifResult `json:"results"`
}

type sarifTool struct {
	Name            string      `json:"name"`
	Version         string      `json:"version"`
	SemanticVersion string      `json:"semanticVersion"`
	Rules           []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID      string `json:"id"`
	Default struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
	Properties struct {
		Severity sarifScore `json:"security-severity"`
	} `json:"properties"`
}

type sarifResult struct {
	RuleID string `json:"ruleId"`
	Index  *int   `json:"ruleIndex"`
	Rule   struct {
		ID    string `json:"id"`
		Index *int   `json:"index"`
	} `json:"rule"`
	Kind       string `json:"kind"`
	Level      string `json:"level"`
	Baseline   string `json:"baselineState"`
	Properties struct {
		Severity sarifScore `json:"security-severity"`
	} `json:"properties"`
	Locations []struct {
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
		} `json:"physicalLocation"`
	} `json:"locations"`
	Suppressions []struct {
		Status        string `json:"status"`
		Justification string `json:"justification"`
	} `json:"suppressions"`
}

// sarifScore is a CVSS score, as a number or as the text that most tools write; below 0
// for anything else.
type sarifScore float64

// UnmarshalJSON reads either.
func (s *sarifScore) UnmarshalJSON(src []byte) error {
	score, err := strconv.ParseFloat(strings.Trim(string(src), `"`), 64)
	if *s = -1; err == nil && score >= 0 && score <= 10 {
		*s = sarifScore(score)
	}
	return nil
}

// readSARIF reads the result of a scan. It says something only if each run in it looked
// for something and ended well.
func readSARIF(name string, src []byte) Summary {
	var file sarifFile
	if err := json.Unmarshal(src, &file); err != nil {
		return unreadable(name, sarif, err)
	}
	switch {
	case file.Version != "2.1.0":
		return trouble(name, sarif, "It is SARIF of another version than 2.1.0.")
	case len(file.Runs) == 0:
		return trouble(name, sarif, "It holds no run of a scan.")
	}
	s := Summary{Name: name, Kind: Findings, Format: sarif, Version: file.Version}
	var flaws []Vulnerability
	var oldest time.Time // a file is as old as its oldest scan
	dated := true
	for _, run := range file.Runs {
		tool := text(at(run.Tool.Driver.Name, cmp.Or(run.Tool.Driver.SemanticVersion, run.Tool.Driver.Version)))
		switch {
		case tool == "":
			return trouble(name, sarif, "It does not name the tool that ran the scan.")
		case run.failed():
			return trouble(name, sarif, "The scan by %s did not end well, so it is none.", tool)
		case run.Results == nil:
			return trouble(name, sarif, "The scan by %s holds no list of results, so it looked for nothing.", tool)
		}
		if s.Tool == "" {
			s.Tool = tool
		}
		ended := false
		for _, i := range run.Invocations {
			if end := moment(i.End); !end.IsZero() {
				if ended = true; oldest.IsZero() || end.Before(oldest) {
					oldest = end
				}
			}
		}
		dated = dated && ended
		for _, p := range run.Provenance {
			s.addAbout(p.Revision)
		}
		flaws = append(flaws, run.flaws()...)
	}
	if dated { // no run is of unknown age
		s.Made = oldest
	}
	s.setVulnerabilities(flaws)
	return s
}

// failed reports whether an invocation says that it did not end well. The format requires
// one to say so either way; silence is no success.
func (r *sarifRun) failed() bool {
	for _, i := range r.Invocations {
		if i.Successful == nil || !*i.Successful {
			return true
		}
	}
	return false
}

// flaws lists what a run found.
func (r *sarifRun) flaws() []Vulnerability {
	rules := map[string]*sarifRule{}
	for _, tool := range append([]sarifTool{r.Tool.Driver}, r.Tool.Extensions...) {
		for i := range tool.Rules {
			rules[tool.Rules[i].ID] = &tool.Rules[i]
		}
	}
	var flaws []Vulnerability
	for _, result := range *r.Results {
		switch result.Kind {
		case "pass", "notApplicable", "informational":
			continue
		}
		if result.Baseline == "absent" {
			continue
		}
		rule := r.ruleOf(&result, rules)
		flaw := Vulnerability{ID: text(cmp.Or(result.RuleID, result.Rule.ID, rule.ID)), State: open}
		flaw.Severity, flaw.Score = result.severity(rule)
		if len(result.Locations) > 0 {
			flaw.Part = text(result.Locations[0].Physical.Artifact.URI)
		}
		if reason, ok := result.suppressed(); ok {
			flaw.State, flaw.Reason = "suppressed", reason
		}
		flaws = append(flaws, flaw)
	}
	return flaws
}

// ruleOf is the rule that a result is of, by its place or by its id; an empty one where
// the file has none.
func (r *sarifRun) ruleOf(result *sarifResult, byID map[string]*sarifRule) *sarifRule {
	for _, index := range []*int{result.Index, result.Rule.Index} {
		if index != nil && *index >= 0 && *index < len(r.Tool.Driver.Rules) {
			if rule := &r.Tool.Driver.Rules[*index]; result.RuleID == "" || rule.ID == result.RuleID {
				return rule
			}
		}
	}
	if rule := byID[cmp.Or(result.RuleID, result.Rule.ID)]; rule != nil {
		return rule
	}
	return &sarifRule{}
}

// severity is the severity of a result: its score, or else its level.
func (r *sarifResult) severity(rule *sarifRule) (string, float64) {
	score := max(r.Properties.Severity, rule.Properties.Severity)
	if score > 0 {
		return severityOf(float64(score)), float64(score)
	}
	switch cmp.Or(r.Level, rule.Default.Level, "warning") {
	case "error":
		return "high", 0
	case "warning":
		return "medium", 0
	case "note":
		return "low", 0
	case "none":
		return "none", 0
	}
	return "unknown", 0
}

// suppressed reports whether a result was put aside, for a reason that is given, and by
// nobody whose word is still under review.
func (r *sarifResult) suppressed() (reason string, ok bool) {
	for _, s := range r.Suppressions {
		if s.Status != "" && s.Status != "accepted" {
			return "", false
		}
		if reason == "" {
			reason = text(s.Justification)
		}
	}
	return reason, reason != ""
}
