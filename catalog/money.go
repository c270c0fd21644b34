package catalog

import "math"

// money is an amount of money in millionths: what a manifest can say of one, and
// exact. Amounts are added and compared as money and never as binary fractions, of
// which one and a tenth is none.
type money int64

const million = 1_000_000

// moneyOf is the amount that a manifest's number stands for. A number has at most
// six digits after the point and stays below a thousand million, so the nearest
// millionth is what was written.
func moneyOf(amount float64) money { return money(math.Round(amount * million)) }

// plus adds two amounts that are not negative; a sum beyond all reason stays at the
// largest there is.
func (m money) plus(other money) money {
	if m > math.MaxInt64-other {
		return math.MaxInt64
	}
	return m + other
}

// float is the amount as rules see it: the number nearest to what a person would
// write.
func (m money) float() float64 { return float64(m) / million }
