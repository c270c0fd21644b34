package convert

import (
	"strings"
	"testing"
)

// FuzzFiles: whatever the bytes, nothing of a file is lost, what is said of documents is so,
// and the same bytes become the same.
func FuzzFiles(f *testing.F) {
	for _, archive := range cases(f) {
		for _, file := range inputs(archive) {
			f.Add(string(file.Source))
		}
	}
	f.Add("a: &a [x, x]\nname: *a\nlifecycle: {ttl_days: *a}\n")
	f.Add(strings.Repeat("[", 5000))
	f.Fuzz(func(t *testing.T, src string) {
		files := []File{{Path: "apps/one/microapp.yaml", Source: []byte(src)}}
		report := Files(files)
		checkReport(t, files, report)
		if again := Files(files); told(again) != told(report) {
			t.Fatalf("the same bytes became two things:\n%s\n%s", told(report), told(again))
		}
		for _, p := range report.Files[0].Problems {
			if p.Message == "" || p.Remedy == "" {
				t.Fatalf("problem %+v", p)
			}
		}
	})
}
