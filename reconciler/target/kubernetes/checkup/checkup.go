package checkup

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/admission"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/rbac"
)

// Options say what is looked at.
type Options struct {
	// Config is how the daemon reaches the cluster, and Reader how somebody does who may read what
	// the daemon may not, such as admission policies; Config where it is nil.
	Config, Reader *rest.Config
	// Rights are those that the daemon needs. Where its Daemon is empty, that is whom Config is.
	Rights rbac.Rights
	// Guard is the one that should be installed. The daemon is added to its Users.
	Guard admission.Guard
	// Settings are the catalog's for Kubernetes, and Environments those that run apps here; nil
	// where they could not be read.
	Settings     *settings.Kubernetes
	Environments []string
	// Shares are those of them in which a share of the replicas is to have new content first.
	Shares []string

	Now  time.Time     // the clock here
	Skew time.Duration // how far another clock may be from it
}

// examiner makes one checkup.
type examiner struct {
	Options
	daemon string // who the daemon is in the cluster
	as     func(user string) (dynamic.Interface, error)
	reader dynamic.Interface // of Reader
	checks []target.Check
}

func (e *examiner) well(what, format string, args ...any) {
	e.checks = append(e.checks, target.Check{What: what, State: target.CheckWell, Detail: fmt.Sprintf(format, args...)})
}

func (e *examiner) wrong(what, remedy, format string, args ...any) {
	e.checks = append(e.checks, target.Check{What: what, State: target.CheckWrong, Detail: fmt.Sprintf(format, args...), Remedy: remedy})
}

func (e *examiner) warn(what, remedy, format string, args ...any) {
	e.checks = append(e.checks, target.Check{What: what, State: target.CheckWarning, Detail: fmt.Sprintf(format, args...), Remedy: remedy})
}

func (e *examiner) unknown(what, remedy, format string, args ...any) {
	e.checks = append(e.checks, target.Check{What: what, State: target.CheckUnknown, Detail: fmt.Sprintf(format, args...), Remedy: remedy})
}

// callFor is how long one request may take.
const callFor = 10 * time.Second

// Examine looks at everything. Where the API server does not answer there is nothing else to look at.
func Examine(ctx context.Context, o Options) []target.Check {
	e := &examiner{Options: o}
	e.Config = bounded(o.Config)
	e.Reader = e.Config
	if o.Reader != nil {
		e.Reader = bounded(o.Reader)
	}
	if !e.server(ctx) || !e.identity(ctx) {
		return e.checks
	}
	e.kinds(ctx)
	e.shares(ctx)
	e.rights(ctx)
	e.namespaces(ctx)
	e.guard(ctx)
	return e.checks
}

// bounded is a config for a checkup: it asks a few hundred times, and waits for nothing long.
func bounded(config *rest.Config) *rest.Config {
	config = rest.CopyConfig(config)
	config.QPS, config.Burst, config.Timeout, config.UserAgent = 100, 300, callFor, "levee-doctor"
	return config
}

// forbidden reports whether the API server answered that whoever asks may not.
func forbidden(err error) bool { return apierrors.IsForbidden(err) }
