package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// sameWords are put in place of every value of a file. A JSON Schema sees values and
// not how they are spelt, so no word is a number that can be written otherwise (1e3,
// 0x10, 010, +1), nor one with more decimal places than the parse takes.
var sameWords = []string{
	`x`, `X`, `""`, `"  "`, `"1"`, `0`, `1`, `-1`, `2`, `60`, `1000000`, `0.5`, `1.5`, `true`, `false`, `"true"`, `"false"`, `yes`, `~`, `[]`, `{}`,
	`[x]`, `{x: y}`, "\"a`b\"", `"日本"`, `expense-submit`, `Expense`, `-x`, `x-`, `a.example.com`, `"*.example.com"`, `10.0.0.1`, `https://a.example.com`,
	`250m`, `0m`, `000m`, `0250m`, `1000000000m`, `999999999m`, `"0.25"`, `"0.000"`, `"00.010"`, `"0.0001"`, `"999999.999"`, `"1000000"`,
	`256Mi`, `0.125Ki`, `0.001Ki`, `0.5Gi`, `1.50Gi`, `1.501Gi`, `1.5G`, `0.001k`, `999Ti`, `1000Ti`, `999999999999Ki`, `1000000000000Ki`, `"1.0"`, `"1.5"`, `0Mi`, `007Mi`, `1KiB`,
	`30d`, `0s`, `00d`, `0030d`, `2592000s`, `3153600000s`, `3153600001s`, `36500d`, `36501d`, `5214w`, `5215w`, `876000h`, `876001h`, `52560000m`, `52560001m`, `1.5h`, `1y`, `P30D`,
	`500ms`, `2s`, `0ms`, `999999999ms`, `1000000000ms`, `0500ms`,
	`2026-01-10`, `2026-02-30`, `1969-12-31`, `1970-01-01`, `9999-12-31`, `2026-1-10`, `20260110`,
	`2026-01-10T18:00:00Z`, `2026-01-10T18:00:00+01:00`, `2026-01-10T18:00Z`, `2026-13-10T18:00:00Z`,
	`1.4.0`, `1.4`, `01.4.0`, `1.4.0-rc.1`, `60/min`, `0/min`, `60/hour`, `form@2`, `form@0`, `form`, `PAYMENT_API_KEY`, `payment_key`, `1KEY`,
	`internal`, `Internal`, `production`, `static`, `read`, `EUR`, `eur`, `sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef`,
}

// TestSchemaAgrees: what the parse takes an editor takes by the schema, and what the
// one refuses the other does, for whatever stands in place of each value.
func TestSchemaAgrees(t *testing.T) {
	for _, kind := range []struct {
		kind       Kind
		path, text string
	}{
		{KindApp, "apps/finance/expense-submit/app.yaml", fullApp}, {KindCatalog, "catalog.yaml", wholeCatalog}, {KindRoles, "roles.yaml", wholeRoles},
		{KindBlueprint, "blueprints/form/2/blueprint.yaml", wholeBlueprint}, {KindVendor, "vendors/acme-maps.yaml", wholeVendor}, {KindDataSet, "data/expenses.yaml", wholeDataSet},
		{KindWaiver, "waivers/w-1.yaml", wholeWaiver}, {KindGrant, "grants/g-1.yaml", wholeGrant}, {KindRetirement, "retirements/r-1.yaml", wholeRetirement},
	} {
		t.Run(string(kind.kind), func(t *testing.T) {
			t.Parallel()
			schema := compiled(t, kind.kind)
			tried, taken := 0, 0
			var root yaml.Node
			if err := yaml.Unmarshal([]byte(kind.text), &root); err != nil {
				t.Fatal(err)
			}
			compare := func(what string) {
				if strings.HasPrefix(what, ".spec.timeZone ") || what == ".spec.environments[0].name production" {
					return // which zones there are, and that two entries differ in more than their name, a schema leaves to the parse
				}
				tried++
				src, err := yaml.Marshal(&root)
				if err != nil {
					t.Fatal(what, err)
				}
				said := schema.Validate(editorValue(root.Content[0]))
				var problems []string
				for _, p := range Parse(kind.path, "1", src).Problems {
					if strings.HasPrefix(p.Rule, "schema.") && !strings.Contains(p.Message, "but the folder says") && !strings.Contains(p.Message, "but the file says") {
						problems = append(problems, p.Message)
					}
				}
				if len(problems) == 0 {
					taken++
				}
				if (said == nil) != (len(problems) == 0) {
					t.Errorf("%s: the schema says %v, the parse %q", what, said, problems)
				}
			}
			compare("as it is")
			mutate(t, root.Content[0], "", compare)
			if !sampled && (taken < 8 || tried-taken < 200) {
				t.Errorf("of %d files %d are taken: that tries little", tried, taken)
			}
		})
	}
}

// mutate changes one place of a document after the other and tries each.
func mutate(t *testing.T, n *yaml.Node, at string, try func(at string)) {
	was := *n
	put := func(with yaml.Node, said string) {
		*n = with
		try(at + " " + said)
		*n = was
	}
	if at != ".apiVersion" && at != ".kind" && at != "" { // what it is has to be known
		for i, word := range sameWords {
			if sampled && i%16 != 0 {
				continue
			}
			var value yaml.Node
			if err := yaml.Unmarshal([]byte(word), &value); err != nil {
				t.Fatal(word, err)
			}
			put(*value.Content[0], word)
		}
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i < len(was.Content); i += 2 {
			key := was.Content[i].Value
			without := was
			without.Content = append(append([]*yaml.Node{}, was.Content[:i]...), was.Content[i+2:]...)
			if at != "" || key != "apiVersion" && key != "kind" {
				put(without, "without "+key)
			}
			mutate(t, was.Content[i+1], at+"."+key, try)
		}
		for _, key := range []string{"unknown", "Capital", "1st", "a-name"} {
			with := was
			with.Content = append(append([]*yaml.Node{}, was.Content...), &yaml.Node{Kind: yaml.ScalarNode, Value: key, Tag: "!!str"}, &yaml.Node{Kind: yaml.ScalarNode, Value: "x"})
			put(with, "with "+key)
		}
	case yaml.SequenceNode:
		for i, item := range was.Content {
			twice := was
			twice.Content = append(append([]*yaml.Node{}, was.Content...), item)
			put(twice, "one item twice")
			mutate(t, item, fmt.Sprintf("%s[%d]", at, i), try)
		}
	}
}

// editorValue is what an editor sees of a document: YAML 1.2, which knows no dates.
func editorValue(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			object[n.Content[i].Value] = editorValue(n.Content[i+1])
		}
		return object
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, editorValue(item))
		}
		return list
	}
	switch n.ShortTag() {
	case "!!int", "!!float":
		return json.Number(n.Value)
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!null":
		return nil
	}
	return n.Value
}

func compiled(t *testing.T, kind Kind) *jsonschema.Schema {
	t.Helper()
	raw, err := json.Marshal(Schema(kind))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", value); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

const wholeCatalog = `apiVersion: levee.dev/v1
kind: Catalog
metadata: {name: c}
spec:
  timeZone: Europe/Berlin
  environments: [{name: staging, soak: 10m, strategy: all}, {name: production, strategy: {share: 20, for: 30m}}]
  limits: {scopes: [readonly-database]}
`

const wholeDataSet = `apiVersion: levee.dev/v1
kind: DataSet
metadata: {name: expenses}
spec:
  title: Expenses
  owner: {person: ana, team: finance, fallback: ben}
  classification: confidential
  categories: [pii, financial]
  regions: [eu-1]
  where: the warehouse
  retention: 30d
  sandbox: false
  standIn: expenses-sandbox
  approvedScopes: [{access: read, stages: [approved, production], teams: [finance]}]
  safeguards: [{category: pii, masking: partial, tokenised: true}]
`

const wholeBlueprint = `apiVersion: levee.dev/v1
kind: Blueprint
metadata: {name: form}
spec:
  title: Form
  owner: platform
  ceiling: confidential
  types: [container, static]
  regions: [eu-1]
  cpu: 500m
  memory: 512Mi
  cost: moderate
  scans: [sast, secrets]
  vendors: [acme-maps]
  scopes: [read]
  obsolete: false
`

const wholeVendor = `apiVersion: levee.dev/v1
kind: Vendor
metadata: {name: acme-maps}
spec:
  title: Acme Maps
  domains: [maps.example.com, "*.tiles.example.com"]
  purpose: maps
  scopes: [geocode]
  ceiling: internal
  regions: [eu-1]
  terms: {dpa: https://legal.example.com/1, dpaUntil: 2030-01-01, encryption: true, privacyReview: 2026-01-01, incidentNotice: 24h}
  approver: dana
  review: 2030-01-01
`

const wholeWaiver = `apiVersion: levee.dev/v1
kind: Waiver
metadata: {name: w-1}
spec: {rule: quality.tests, app: expense-submit, reason: The tests come with the next version., expires: 2030-01-01}
`

const wholeGrant = `apiVersion: levee.dev/v1
kind: Grant
metadata: {name: g-1}
spec: {person: ana, app: expense-submit, scope: read-logs, reason: To find the fault., expires: 2030-01-01T12:00:00Z}
`

const wholeRetirement = `apiVersion: levee.dev/v1
kind: Retirement
metadata: {name: r-1}
spec:
  reason: A team is gone.
  apps: [{app: expense-submit, epoch: "ttl 2030-01-01"}]
`

const wholeRoles = `apiVersion: levee.dev/v1
kind: Roles
metadata: {name: r}
spec:
  people:
    ana: {name: Ana, email: ana@example.com, github: ana, keys: [k], certifications: [{name: secrets-and-gates, until: 2030-01-01}]}
    ben: {name: Ben, left: true}
  teams:
    ops: {members: [ana, ben]}
  roles:
    product-owner: [{person: ben, teams: [ops]}]
`
