package policies

import (
	"testing"

	"github.com/levee-gitops/levee/catalog"
)

// TestPlaceOf checks to whom the path of a secret belongs.
func TestPlaceOf(t *testing.T) {
	roles := &catalog.RolesSpec{Teams: map[catalog.Name]catalog.Team{"finance": {}, "hr": {}}}
	app := &catalog.App{}
	app.Metadata.Name, app.Spec.Owner.Team = "expense", "finance"
	byTeam := []string{"kv/{team}", "{team}"}
	for _, c := range []struct {
		templates []string
		path      string
		want      secretPlace
	}{
		{byTeam, "kv/finance/payment", secretPlace{own: true, team: "finance"}},
		{byTeam, "finance/payment", secretPlace{own: true, team: "finance"}},
		{byTeam, "kv/finance", secretPlace{own: true, team: "finance"}},
		{byTeam, "kv/hr/payroll", secretPlace{own: false, team: "hr"}},
		{byTeam, "kv/hr", secretPlace{own: false, team: "hr"}},
		{byTeam, "kv/financed/payment", secretPlace{}},
		{byTeam, "kv", secretPlace{}},
		{byTeam, "kv/shared/payment", secretPlace{}},
		{[]string{"kv/{team}/{app}"}, "kv/finance/expense/db", secretPlace{own: true, team: "finance"}},
		{[]string{"kv/{team}/{app}"}, "kv/finance/other/db", secretPlace{own: false, team: "finance"}},
		{[]string{"kv/{team}/{app}"}, "kv/hr/expense/db", secretPlace{own: false, team: "hr"}},
		{[]string{"kv/shared"}, "kv/shared/db", secretPlace{own: true, team: ""}},
		{nil, "kv/finance/payment", secretPlace{}},
	} {
		if got := placeOf(c.templates, roles, app, c.path); got != c.want {
			t.Errorf("%v, %s: %+v, want %+v", c.templates, c.path, got, c.want)
		}
	}
}
