package kubernetes

import (
	"errors"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
)

// acting tells which apps something is done to by this process.
type acting struct {
	mu   sync.Mutex
	apps map[string]*sync.RWMutex
}

// of is the lock of an app in an environment. Whoever acts on the app holds it alone; who looks
// at it while nobody acts holds it beside others who look.
func (a *acting) of(environment, app string) *sync.RWMutex {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.apps == nil {
		a.apps = map[string]*sync.RWMutex{}
	}
	name := inventory.Name(environment, app)
	if a.apps[name] == nil {
		a.apps[name] = &sync.RWMutex{}
	}
	return a.apps[name]
}

// alone is again while nothing else in this process acts on the app.
func (a *acting) alone(environment, app string, try func() (target.Receipt, error)) (target.Receipt, error) {
	lock := a.of(environment, app)
	lock.Lock()
	defer lock.Unlock()
	return again(try)
}

// attempts is how often a step begins again because somebody else wrote the inventory.
const attempts = 4

// again has a step tried again while others write the inventory that it writes.
func again(try func() (target.Receipt, error)) (receipt target.Receipt, err error) {
	for range attempts {
		if receipt, err = try(); !apierrors.IsConflict(errors.Unwrap(err)) && !apierrors.IsAlreadyExists(errors.Unwrap(err)) {
			return receipt, err
		}
	}
	return receipt, err
}
