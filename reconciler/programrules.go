package reconciler

import (
	"slices"

	"github.com/levee-gitops/levee/reconciler/identity"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/render"
	"github.com/levee-gitops/levee/reconciler/review"
)

// ProgramRules lists the rules of the packages below this one.
var ProgramRules = slices.Concat(identity.ProgramRules, lifecycle.ProgramRules, judge.ProgramRules, render.ProgramRules, review.ProgramRules)
