package artefact

import (
	"encoding/json"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/share"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/workload"
)

// Form is in which form the resources of an artefact are applied.
type Form struct {
	Disabled  bool // none of them runs
	Throttled bool // they run with less
	Shares    bool // with Rollouts in place of Deployments, where the artefact asks for a share
}

// Of are the resources of an artefact in this form. An error means that one of them is not as
// Kubernetes takes it.
func (f Form) Of(list []resource.Resource, document json.RawMessage) ([]resource.Resource, error) {
	if s, asked := target.StrategyOf(document); asked && f.Shares {
		var err error
		if list, err = share.Form(list, s); err != nil {
			return nil, err
		}
	}
	switch {
	case f.Disabled:
		return workload.Idle(list), nil
	case f.Throttled:
		app, flag := Flag(document)
		return workload.Throttled(list, Throttle(document), app, flag), nil
	}
	return list, nil
}
