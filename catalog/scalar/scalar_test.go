package scalar

import "testing"

// TestApprover: roles of which one is enough stand in their order, once each.
func TestApprover(t *testing.T) {
	for text, want := range map[string]string{
		"dpo":                   "dpo",
		"security or dpo":       "dpo or security",
		"dpo or dpo":            "dpo",
		"a or b or c or d":      "a or b or c or d",
		"or":                    "or",
		"a or b or c or d or e": "",
		"dpo  or security":      "",
		"dpo OR security":       "",
		"dpo, security":         "",
		"dpo or ":               "",
		" or dpo":               "",
		"Dpo or security":       "",
		"":                      "",
	} {
		var a Approver
		if err := a.Parse(text); string(a) != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v; want %q", text, a, err, want)
		}
	}
}
