package directory

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
)

// TestPreviewIsWhatApplyDoes holds, after all that may have happened before, each file
// that an apply creates, changes or takes away against what the preview said.
func TestPreviewIsWhatApplyDoes(t *testing.T) {
	for _, story := range stories {
		if story.object == nil {
			continue
		}
		t.Run(story.name, func(t *testing.T) {
			root := t.TempDir()
			for _, deed := range story.before {
				must(t, deed(quick(t, root, nil), root))
			}
			for _, object := range []target.Object{*story.object, newest(*story.object), off(*story.object)} {
				root := clone(t, root)
				before, all := documents(t, root), printed(t, root)
				p, err := quick(t, root, nil).Preview(bg, env, object)
				must(t, err)
				if printed(t, root) != all {
					t.Error("the preview wrote something")
				}
				must(t, apply(object)(quick(t, root, nil), root))
				var want, got []string
				after := documents(t, root)
				for name, content := range after {
					if was, there := before[name]; !there {
						want = append(want, "create "+name)
					} else if was != content {
						want = append(want, "change "+name)
					}
				}
				for name := range before {
					if _, there := after[name]; !there {
						want = append(want, "remove "+name)
					}
				}
				for _, item := range p.Items {
					got = append(got, string(item.Verb)+" "+item.What)
				}
				slices.Sort(want)
				slices.Sort(got)
				if !slices.Equal(want, got) {
					t.Errorf("to disable %t: said %q, and it did %q", object.Disabled, got, want)
				}
			}
		})
	}
}

// documents are the files where apps' documents lie.
func documents(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, place := range layout.Places {
		entries, _ := os.ReadDir(filepath.Join(root, env, place))
		for _, entry := range entries {
			name := filepath.Join(root, env, place, entry.Name())
			info, err := os.Lstat(name)
			must(t, err)
			raw, _ := os.ReadFile(name)
			found[place+"/"+entry.Name()] = fmt.Sprintf("%v %s", info.Mode(), raw)
		}
	}
	return found
}

// TestPreviewSaysWhatWasEdited: a preview of what was changed by hand says so, and shows
// nothing that could be a secret.
func TestPreviewSaysWhatWasEdited(t *testing.T) {
	root := t.TempDir()
	d := open(t, root)
	must(t, apply(v1)(d, root))
	write(t, root, env+"/apps/"+v1.App+".json", `{"version":"0.1.0","token":"hunter2-correct-horse"}`)
	p, err := d.Preview(bg, env, v1)
	must(t, err)
	if len(p.Items) != 1 || !strings.HasPrefix(p.Items[0].Words, "apps/expense-submit.json was edited: version 0.1.0 → 1.0.0") {
		t.Errorf("it says %+v", p)
	}
	if diff := p.Items[0].Diff; strings.Contains(diff, "hunter2") || !strings.Contains(diff, `-  "token": "•••"`) {
		t.Errorf("it shows\n%s", diff)
	}
}

// TestPreviewLeavesWhatWasCut: what was contained after it had been edited stays as it was
// found, and a preview says so.
func TestPreviewLeavesWhatWasCut(t *testing.T) {
	root := t.TempDir()
	d := open(t, root)
	must(t, apply(v1)(d, root))
	write(t, root, env+"/apps/"+v1.App+".json", "{}")
	must(t, quarantine(d, root))
	p, err := d.Preview(bg, env, v1)
	must(t, err)
	if len(p.Items) != 0 {
		t.Errorf("it says %+v", p.Items)
	}
	must(t, apply(v1)(d, root))
	if got := documents(t, root)["quarantined/"+v1.App+".json"]; !strings.HasSuffix(got, " {}") {
		t.Errorf("what was cut is %q now", got)
	}
}
