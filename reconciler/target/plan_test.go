package target_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
)

// object is an app in a version.
func object(app, version string, admission int64) target.Object {
	document := fmt.Sprintf(`{"runtime":{"image":"registry.example.com/%s@sha256:%064d"},"version":%q}`, app, admission, version)
	return target.Object{
		App: app, Render: catalog.Digest("d1:" + version), Document: json.RawMessage(document), Fence: target.Fence{Admission: admission},
	}
}

func off(o target.Object) target.Object { o.Disabled = true; return o }

// held is an object as a target observes it.
func held(o target.Object, change ...func(*target.Observed)) target.Observed {
	is := target.Observed{App: o.App, Render: o.Render, Fence: o.Fence, Disabled: o.Disabled, Document: o.Document}
	for _, c := range change {
		c(&is)
	}
	return is
}

func drift(is *target.Observed)    { is.Drift = "edited by hand" }
func marked(is *target.Observed)   { is.Mark = &target.Mark{Reason: "leaks data"} }
func forgot(is *target.Observed)   { is.Document = nil }
func damaged(is *target.Observed)  { *is = target.Observed{App: is.App, Drift: "its entry is damaged"} }
func onlyMark(is *target.Observed) { *is = target.Observed{App: is.App, Mark: &target.Mark{}} }

func TestPlan(t *testing.T) {
	v1, v2 := object("expense-submit", "1.0.0", 1), object("expense-submit", "1.1.0", 2)
	const change = "version 1.0.0 → 1.1.0"
	for name, test := range map[string]struct {
		want target.Object
		is   []target.Observed
		verb target.Verb // none: no step
		says string
	}{
		"absent":                         {v1, nil, target.Create, "not there yet"},
		"absent, and shall not run":      {off(v1), nil, target.Create, "not there yet; arrives disabled"},
		"only marked":                    {v1, []target.Observed{held(v1, onlyMark)}, target.Create, "not there yet; contained, so it waits"},
		"as it shall be":                 {v1, []target.Observed{held(v1)}, "", ""},
		"by an older admission":          {func() target.Object { o := v1; o.Fence = v2.Fence; return o }(), []target.Observed{held(v1)}, "", ""},
		"disabled as it shall be":        {off(v1), []target.Observed{held(off(v1))}, "", ""},
		"waits as it shall":              {v1, []target.Observed{held(v1, marked)}, "", ""},
		"older":                          {v2, []target.Observed{held(v1)}, target.Update, change},
		"older, document unknown":        {v2, []target.Observed{held(v1, forgot)}, target.Update, "content changed"},
		"older and drifted":              {v2, []target.Observed{held(v1, forgot, drift)}, target.Update, "content changed; drift: edited by hand"},
		"older and contained":            {v2, []target.Observed{held(v1, forgot, marked)}, target.Update, "content changed; contained, so it waits"},
		"older, both disabled":           {off(v2), []target.Observed{held(off(v1), forgot)}, target.Update, "content changed"},
		"drifted":                        {v1, []target.Observed{held(v1, drift)}, target.Correct, "drift: edited by hand"},
		"its entry damaged":              {v1, []target.Observed{held(v1, damaged)}, target.Update, "drift: its entry is damaged"},
		"runs, and shall not":            {off(v1), []target.Observed{held(v1)}, target.Disable, "shall not run"},
		"runs older, and shall not":      {off(v2), []target.Observed{held(v1, forgot)}, target.Disable, "shall not run; content changed"},
		"does not run, and shall":        {v1, []target.Observed{held(off(v1))}, target.Enable, "shall run again"},
		"does not run, and shall, newer": {v2, []target.Observed{held(off(v1), forgot)}, target.Enable, "shall run again; content changed"},
	} {
		t.Run(name, func(t *testing.T) {
			inventory := target.Inventory{Apps: map[string]target.Observed{"other": held(object("other", "1.0.0", 3), drift)}}
			for _, is := range test.is {
				inventory.Apps[is.App] = is
			}
			steps := target.Plan([]target.Object{test.want}, inventory)
			if test.verb == "" {
				if len(steps) > 0 {
					t.Errorf("planned %+v", steps)
				}
				return
			}
			if len(steps) != 1 || steps[0].Verb != test.verb || !strings.HasPrefix(steps[0].Reason, test.says) || steps[0].Object.Render != test.want.Render {
				t.Fatalf("planned %+v, not to %s since %q", steps, test.verb, test.says)
			}
			if err := steps[0].Check("production"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDescribe(t *testing.T) {
	for _, test := range []struct{ was, is, says string }{
		{`{"version":"1.4.0"}`, `{"version":"1.5.0"}`, "version 1.4.0 → 1.5.0"},
		{`{"runtime":{"cpu":0.25,"memory":268435456,"timeout":300}}`, `{"runtime":{"cpu":0.5,"memory":1073741824,"timeout":5400}}`,
			"cpu 0.25 → 0.5, memory 256Mi → 1Gi, timeout 5m → 90m"},
		{`{"runtime":{"memory":1000,"timeout":86400}}`, `{"runtime":{"memory":1024,"timeout":61}}`, "memory 1000 → 1Ki, timeout 1d → 61s"},
		{`{"runtime":{"image":"r/a@sha256:0123456789"}}`, `{"runtime":{"image":"r/a@sha256:abc"}}`, "image r/a@0123456 → r/a@abc"},
		{`{"runtime":{}}`, `{"runtime":{"image":"r/a"}}`, "image none → r/a"},
		{`{"egress":{"a.example.com":"a","b.example.com":"b","c.example.com":"c"}}`, `{"egress":{"b.example.com":"x","c.example.com":"c","d.example.com":"d"}}`,
			"egress ~b.example.com +d.example.com -a.example.com"},
		{`{"secrets":[{"name":"KEY","ttl":1}],"data":[{"dataset":"d"}]}`, `{"secrets":[{"name":"KEY","ttl":2}],"data":[]}`, "secrets ~KEY, data -d"},
		{`{"access":{"groups":["a","b"]}}`, `{"access":{"groups":["b","a","c"]}}`, "groups +c"},
		{`{"title":"a"}`, `{"title":"b"}`, "content changed"},
		{``, `{"version":"1"}`, "content changed"},
		{`null`, `{"version":"1"}`, "content changed"},
		{`{"version":"1"}`, `[`, "content changed"},
		{`{"version":"a\nb\u202e"}`, `{"version":"` + strings.Repeat("é", 200) + `"}`, "version a�b� → " + strings.Repeat("é", 160) + "…"},
		{`{}`, `{"version":"1","stage":"x","blueprint":"b","classification":"c","owner":{"person":"p","team":"t"},"runtime":{"cpu":1,"type":"y"}}`,
			"version none → 1, type none → y, cpu none → 1, classification none → c, stage none → x, blueprint none → b, and 2 more"},
	} {
		if got := target.Describe(json.RawMessage(test.was), json.RawMessage(test.is)); got != test.says {
			t.Errorf("%s then %s:\n%s\nnot:\n%s", test.was, test.is, got, test.says)
		}
	}
}
