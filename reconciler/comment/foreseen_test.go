package comment

import (
	"fmt"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/reconciler/target"
)

func TestForeseen(t *testing.T) {
	many := make([]target.Item, 40)
	for i := range many {
		many[i] = target.Item{Verb: target.ItemCreate, What: fmt.Sprint("thing-", i), Diff: strings.Repeat("+ a line of it\n", 60)}
	}
	for name, test := range map[string]struct {
		foreseen []Foreseen
		want     string
		text     string
	}{
		"nothing":       {nil, "", "\n"},
		"nothing to do": {[]Foreseen{{Environment: "staging"}}, "", "\n"},
		"a change": {
			[]Foreseen{{Environment: "staging", Preview: target.Preview{Items: []target.Item{{Verb: target.ItemChange, What: "apps/board.json", Words: "cpu 1 → 2", Diff: "@@ -1 +1 @@\n-a\n+b\n"}}}}},
			"<details><summary>What it would do in staging</summary>\n\n- change `apps/board.json`: `cpu 1 → 2`\n\n```diff\n…\n-a\n+b\n```\n\n</details>\n\n",
			"What it would do in staging:\n\n- change `apps/board.json`: `cpu 1 → 2`\n\n    …\n    -a\n    +b\n",
		},
		"the same elsewhere": {
			[]Foreseen{
				{Environment: "staging", Preview: target.Preview{Items: []target.Item{{Verb: target.ItemChange, What: "Namespace/staging-board", Words: "cpu 1 → 2"}}}},
				{Environment: "production", Preview: target.Preview{Items: []target.Item{{Verb: target.ItemChange, What: "Namespace/production-board", Words: "cpu 1 → 2"}}}},
				{Environment: "edge", Preview: target.Preview{Items: []target.Item{{Verb: target.ItemChange, What: "Namespace/edge-board", Words: "cpu 1 → 3"}}}},
			},
			"<details><summary>What it would do in staging</summary>\n\n- change `Namespace/staging-board`: `cpu 1 → 2`\n\n</details>\n\n" +
				"What it would do in `production` is the same as in `staging`.\n\n" +
				"<details><summary>What it would do in edge</summary>\n\n- change `Namespace/edge-board`: `cpu 1 → 3`\n\n</details>\n\n",
			"",
		},
		"it cannot be told": {
			[]Foreseen{{Environment: "staging", Trouble: "no route to @host"}},
			"<details><summary>What it would do in staging could not be looked at</summary>\n\n`could not be looked at: no route to @host`\n\n</details>\n\n",
			"What it would do in staging could not be looked at:\n\n`could not be looked at: no route to @host`\n",
		},
		"who speaks in our name": {
			[]Foreseen{{Environment: "staging", Preview: target.Preview{Items: []target.Item{{
				Verb: target.ItemCreate, What: "a`</details> @ana", Words: "``` <img src=x>", Diff: "+```\n+</details>\n+@ana #12\u202e\n",
			}}}}},
			"<details><summary>What it would do in staging</summary>\n\n- create `` a`</details> @ana ``: ```` ``` <img src=x> ````\n\n````diff\n+```\n+</details>\n+＠ana #12 \n````\n\n</details>\n\n",
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			writeForeseen(&b, Subject{Foreseen: test.foreseen})
			if got := b.String(); got != test.want {
				t.Errorf("%s\nnot\n%s", got, test.want)
			}
			if got := terminal(b.String()); test.text != "" && got != test.text {
				t.Errorf("a terminal shows\n%q\nnot\n%q", got, test.text)
			}
		})
	}
	var b strings.Builder
	writeForeseen(&b, Subject{Foreseen: []Foreseen{
		{Environment: "staging", Preview: target.Preview{Items: many, More: 70}}, {Environment: "production", Preview: target.Preview{Items: many}},
	}})
	if got := b.String(); len(got) > 2*maxForeseenOf || !strings.Contains(got, "… 100 more") || !strings.Contains(got, "does not fit here") || strings.Count(got, "<details>") != strings.Count(got, "</details>") {
		t.Errorf("%d bytes:\n%s", len(got), got)
	}
}
