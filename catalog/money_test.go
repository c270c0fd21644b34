package catalog

import (
	"math"
	"strings"
	"testing"
)

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		amounts []float64
		want    float64
	}{
		{[]float64{1.1, 2.2}, 3.3},
		{[]float64{0.1, 0.2}, 0.3},
		{[]float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, 1},
		{[]float64{999_999_999.999999, 0.000001}, 1e9},
		{nil, 0},
	} {
		total := money(0)
		for _, a := range c.amounts {
			total = total.plus(moneyOf(a))
		}
		if total != moneyOf(c.want) || total.float() != c.want {
			t.Errorf("%v add up to %v, want %v", c.amounts, total.float(), c.want)
		}
	}
	total := money(0)
	for range 50_000 {
		total = total.plus(moneyOf(1e9))
	}
	if total < moneyOf(1e9) {
		t.Errorf("a sum beyond all reason is %v", total)
	}
}

func TestMinusNothing(t *testing.T) {
	for _, value := range []any{negativeZero(), map[string]any{"a": negativeZero(), "b": "ü"}, map[string]any{"a": negativeZero(), "b": `"`}, []any{negativeZero()}} {
		got, err := Canonical(value)
		if err != nil || strings.Contains(string(got), "-0") {
			t.Errorf("%v is written %s, %v", value, got, err)
		}
	}
	with := func(amount string) *Document {
		return Parse("apps/ops/expense-submit/app.yaml", "", []byte(smallApp+"  budget: {monthly: "+amount+"}\n"))
	}
	if plain, minus := with("0"), with("-0"); !plain.Valid() || plain.Digest() != minus.Digest() {
		t.Errorf("digests %s and %s; %v", plain.Digest(), minus.Digest(), plain.Problems)
	}
}

func negativeZero() float64 { return math.Copysign(0, -1) }
