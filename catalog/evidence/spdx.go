package evidence

import (
	"bufio"
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// spdxFile is what is read of SPDX 2, in whichever encoding.
type spdxFile struct {
	Version  string `json:"spdxVersion"`
	Creation struct {
		Created  string   `json:"created"`
		Creators []string `json:"creators"`
	} `json:"creationInfo"`
	Describes     []string      `json:"documentDescribes"`
	Packages      []spdxPackage `json:"packages"`
	Relationships []struct {
		Type string `json:"relationshipType"`
		From string `json:"spdxElementId"`
		To   string `json:"relatedSpdxElement"`
	} `json:"relationships"`
}

type spdxPackage struct {
	ID        string         `json:"SPDXID"`
	Name      string         `json:"name"`
	Version   string         `json:"versionInfo"`
	Concluded string         `json:"licenseConcluded"`
	Declared  string         `json:"licenseDeclared"`
	Checksums []spdxChecksum `json:"checksums"`
}

type spdxChecksum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"checksumValue"`
}

// spdxDocument is the id of the file itself within it.
const spdxDocument = "SPDXRef-DOCUMENT"

func readSPDX(name string, src []byte) Summary {
	var file spdxFile
	if err := json.Unmarshal(src, &file); err != nil {
		return unreadable(name, spdx, err)
	}
	for _, r := range file.Relationships {
		if r.Type == "DESCRIBES" && r.From == spdxDocument {
			file.Describes = append(file.Describes, r.To)
		}
	}
	return file.summary(name)
}

// readTagValue reads the lines of SPDX 2 that stand for the fields of spdxFile. Texts may
// go over several lines, between <text> and </text>, and hold no field.
func readTagValue(name string, src []byte) Summary {
	var file spdxFile
	lines := bufio.NewScanner(bytes.NewReader(src))
	lines.Buffer(nil, MaxSize)
	inText := false
	for lines.Scan() {
		line := lines.Text()
		if inText {
			inText = !strings.Contains(line, "</text>")
			continue
		}
		tag, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		if strings.HasPrefix(value, "<text>") {
			inText = !strings.Contains(value, "</text>")
			continue
		}
		file.tag(strings.TrimSpace(tag), value)
		if len(file.Packages) > maxContainers {
			return trouble(name, "", "It %s.", overBound(0, len(file.Packages), 0))
		}
	}
	if inText {
		return trouble(name, "", "It is cut off: a text in it does not end.")
	}
	return file.summary(name)
}

// tag takes one line.
func (f *spdxFile) tag(tag, value string) {
	switch tag {
	case "SPDXVersion":
		f.Version = value
	case "Created":
		f.Creation.Created = value
	case "Creator":
		f.Creation.Creators = append(f.Creation.Creators, value)
	case "Relationship":
		if words := strings.Fields(value); len(words) == 3 && words[0] == spdxDocument && words[1] == "DESCRIBES" {
			f.Describes = append(f.Describes, words[2])
		}
	case "PackageName":
		f.Packages = append(f.Packages, spdxPackage{Name: value})
	}
	if len(f.Packages) == 0 {
		return
	}
	p := &f.Packages[len(f.Packages)-1]
	switch tag {
	case "SPDXID":
		if p.ID == "" { // a later one is a file's
			p.ID = value
		}
	case "PackageVersion":
		p.Version = value
	case "PackageLicenseConcluded":
		p.Concluded = value
	case "PackageLicenseDeclared":
		p.Declared = value
	case "PackageChecksum":
		algorithm, sum, _ := strings.Cut(value, ":")
		p.Checksums = append(p.Checksums, spdxChecksum{algorithm, strings.TrimSpace(sum)})
	}
}

func (f *spdxFile) summary(name string) Summary {
	s := Summary{Name: name, Kind: Parts, Format: spdx, Version: text(strings.TrimPrefix(f.Version, "SPDX-")), Made: moment(f.Creation.Created)}
	for _, c := range f.Creation.Creators {
		if tool, ok := strings.CutPrefix(c, "Tool:"); ok && s.Tool == "" {
			s.Tool = text(tool)
		}
	}
	self := "" // the app itself, which is no part of it, where the file tells one package from the rest
	if ids := slices.Compact(slices.Sorted(slices.Values(f.Describes))); len(ids) == 1 && len(f.Packages) > 0 {
		self = ids[0]
	}
	var licences []string
	for _, p := range f.Packages {
		switch {
		case p.Name == "":
		case self != "" && p.ID == self:
			s.addAbout(at(p.Name, p.Version))
			for _, c := range p.Checksums {
				s.addAbout(digestName(c.Algorithm, c.Value))
			}
		default:
			licences = append(licences, firstLicence(p.Concluded, p.Declared))
		}
	}
	if !s.setParts(licences) {
		return tooManyLicences(name, spdx)
	}
	return s
}

// firstLicence is the first that says something.
func firstLicence(of ...string) string {
	for _, l := range of {
		if l != "" && l != "NONE" && l != "NOASSERTION" {
			return l
		}
	}
	return ""
}
