package evidence

import (
	"cmp"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
)

// vexFile is what is read of OpenVEX. Products are the app that the file lies beside, and
// are not read: what it says is about no other.
type vexFile struct {
	Tooling    string         `json:"tooling"`
	Timestamp  string         `json:"timestamp"`
	Updated    string         `json:"last_updated"`
	Statements []vexStatement `json:"statements"`
}

type vexStatement struct {
	Vulnerability vexName      `json:"vulnerability"`
	Products      []vexProduct `json:"products"`
	Status        string       `json:"status"`
	Justification string       `json:"justification"`
	Impact        string       `json:"impact_statement"`
}

type vexProduct struct {
	Subcomponents []vexName `json:"subcomponents"`
}

// UnmarshalJSON reads a product, or its name alone as the first versions of the format had it.
func (p *vexProduct) UnmarshalJSON(src []byte) error {
	if len(src) > 0 && src[0] == '"' {
		return nil
	}
	type plain vexProduct
	return json.Unmarshal(src, (*plain)(p))
}

// vexName is the name of something, as a text or as an object that has one.
type vexName string

// UnmarshalJSON reads either.
func (n *vexName) UnmarshalJSON(src []byte) error {
	if len(src) > 0 && src[0] == '"' {
		return json.Unmarshal(src, (*string)(n))
	}
	var named struct {
		Name string `json:"name"`
		ID   string `json:"@id"`
	}
	err := json.Unmarshal(src, &named)
	*n = vexName(cmp.Or(named.Name, named.ID))
	return err
}

// readOpenVEX reads what was found out about vulnerabilities that scans name. A statement
// that gives no reason for not affected answers nothing.
func readOpenVEX(name string, src []byte) Summary {
	var file vexFile
	if err := json.Unmarshal(src, &file); err != nil {
		return unreadable(name, openVEX, err)
	}
	s := Summary{Name: name, Kind: Answering, Format: openVEX, Tool: text(file.Tooling), Made: moment(cmp.Or(file.Updated, file.Timestamp))}
	for _, statement := range file.Statements {
		a := Answer{ID: text(string(statement.Vulnerability)), Reason: text(cmp.Or(statement.Impact, statement.Justification))}
		switch {
		case statement.Status == "fixed":
			a.State = "fixed"
		case statement.Status == "not_affected" && a.Reason != "":
			a.State = "not affected"
		default:
			continue
		}
		for _, part := range statement.parts() {
			a.Part = part
			if s.Answers = append(s.Answers, a); len(s.Answers) > maxAnswers {
				return trouble(name, openVEX, "It answers more than %d vulnerabilities.", maxAnswers)
			}
		}
	}
	return s
}

// parts are those that a statement is about; one without a name where it is about all.
func (v *vexStatement) parts() []string {
	var names []string
	for _, p := range v.Products {
		for _, sub := range p.Subcomponents {
			names = append(names, text(string(sub)))
		}
	}
	if len(names) == 0 {
		return []string{""}
	}
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// Answered is what a file says, with the open vulnerabilities answered that other files
// beside the app answer, by id and part. Those that are counted and not listed stay open.
func Answered(s Summary, answers []Answer) Summary {
	copied := false
	for i, v := range s.Vulnerabilities {
		if v.State != open {
			continue
		}
		n := slices.IndexFunc(answers, func(a Answer) bool { return a.ID == v.ID && a.about(v) })
		if n < 0 {
			continue
		}
		if !copied { // others hold what it was made from
			copied = true
			s.Vulnerabilities, s.Open = slices.Clone(s.Vulnerabilities), maps.Clone(s.Open)
		}
		s.Vulnerabilities[i].State, s.Vulnerabilities[i].Reason = answers[n].State, answers[n].Reason
		s.Open[v.Severity]--
		s.Answered++
	}
	return s
}

// about reports whether an answer is about the part that has a vulnerability. A part is
// named by its package URL, such as pkg:npm/left-pad@1.0.0, or by its name.
func (a Answer) about(v Vulnerability) bool {
	if a.Part == "" || a.Part == v.Part {
		return true
	}
	name, version := partOf(a.Part)
	other, its := partOf(v.Part)
	return v.Part != "" && name == other && (version == "" || version == cmp.Or(v.Version, its))
}

// partOf is the name and the version in a package URL, or in what is written like one.
func partOf(s string) (name, version string) {
	s, _, _ = strings.Cut(s, "?")
	s, _, _ = strings.Cut(s, "#")
	if i := strings.LastIndexByte(s, '@'); i > 0 {
		s, version = s[:i], s[i+1:]
	}
	return path.Base(s), version
}
