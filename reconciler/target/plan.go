package target

import (
	"cmp"
	"slices"
	"strings"
)

// Plan compares what shall be with what is, for every kind of target that has no
// better way: at most one step an app, sorted by app. What is observed and not
// desired is left alone.
func Plan(desired []Object, observed Inventory) []Step {
	var steps []Step
	for _, object := range desired {
		is, held := observed.Apps[object.App]
		if verb, reason := difference(object, is, held); verb != "" {
			steps = append(steps, Step{Verb: verb, App: object.App, Object: object, Reason: reason})
		}
	}
	slices.SortStableFunc(steps, func(a, b Step) int { return cmp.Compare(a.App, b.App) })
	return steps
}

// difference names the one step that makes an app what it shall be, and says why;
// no verb where there is nothing to do.
func difference(object Object, is Observed, held bool) (Verb, string) {
	var reasons []string
	drifted := func() string {
		if is.Drift != "" {
			reasons = append(reasons, "drift: "+is.Drift)
		}
		if is.Mark != nil {
			reasons = append(reasons, "contained, so it waits")
		} else if is.Throttle != nil && !object.Disabled {
			reasons = append(reasons, "throttled ("+clip(is.Throttle.Reason)+"), so it runs with less")
		}
		return strings.Join(reasons, "; ")
	}
	if (!held || is.Render == "") && is.Drift == "" { // nothing but perhaps a mark
		reasons = append(reasons, "not there yet")
		if object.Disabled {
			reasons = append(reasons, "arrives disabled")
		}
		return Create, drifted()
	}
	changed := is.Render != object.Render
	if changed && is.Render != "" {
		reasons = append(reasons, Describe(is.Document, object.Document))
	}
	switch {
	case object.Disabled && !is.Disabled:
		reasons = slices.Insert(reasons, 0, "shall not run")
		return Disable, drifted()
	case !object.Disabled && is.Disabled:
		reasons = slices.Insert(reasons, 0, "shall run again")
		return Enable, drifted()
	case changed:
		return Update, drifted()
	case is.Drift != "":
		return Correct, drifted()
	}
	return "", ""
}
