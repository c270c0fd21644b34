package evidence

import (
	"encoding/json"
	"strings"
)

// spdxElement is what is read of one element of SPDX 3. A relationship tells which
// expression is the licence of which packages.
type spdxElement struct {
	Type         string          `json:"type"`
	ID           string          `json:"spdxId"`
	Name         string          `json:"name"`
	SpecVersion  string          `json:"specVersion"`
	Created      string          `json:"created"`
	Relationship string          `json:"relationshipType"`
	From         string          `json:"from"`
	To           json.RawMessage `json:"to"`
	Expression   string          `json:"simplelicensing_licenseExpression"`
}

func readSPDX3(name string, src []byte) Summary {
	var file struct {
		Context any             `json:"@context"`
		Graph   json.RawMessage `json:"@graph"`
	}
	if err := json.Unmarshal(src, &file); err != nil {
		return unreadable(name, spdx, err)
	}
	if context, _ := file.Context.(string); !strings.Contains(context, "spdx.org/") {
		return unknown(name)
	}
	var graph []spdxElement
	if err := json.Unmarshal(file.Graph, &graph); err != nil {
		return unreadable(name, spdx, err)
	}
	s := Summary{Name: name, Kind: Parts, Format: spdx, Version: "3"}
	expressions := map[string]string{}
	for _, e := range graph {
		switch {
		case e.Type == "CreationInfo":
			s.Made = moment(e.Created)
			s.Version = text(e.SpecVersion)
		case e.Type == "Tool" && s.Tool == "":
			s.Tool = text(e.Name)
		case e.Expression != "":
			expressions[e.ID] = e.Expression
		}
	}
	concluded, declared := map[string]string{}, map[string]string{}
	for _, e := range graph {
		of := declared
		switch e.Relationship {
		case "hasConcludedLicense":
			of = concluded
		case "hasDeclaredLicense":
		default:
			continue
		}
		for _, to := range oneOrMany(e.To) {
			if expression := expressions[to]; expression != "" && of[e.From] == "" {
				of[e.From] = expression
			}
		}
	}
	var licences []string
	for _, e := range graph {
		if strings.HasSuffix(strings.ToLower(e.Type), "package") {
			licences = append(licences, firstLicence(concluded[e.ID], declared[e.ID]))
		}
	}
	if !s.setParts(licences) {
		return tooManyLicences(name, spdx)
	}
	return s
}

// oneOrMany reads a text or a list of texts.
func oneOrMany(src json.RawMessage) []string {
	var one string
	if json.Unmarshal(src, &one) == nil {
		return []string{one}
	}
	var many []string
	if json.Unmarshal(src, &many) != nil {
		return nil
	}
	return many
}
