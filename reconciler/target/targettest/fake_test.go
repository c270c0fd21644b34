package targettest_test

import (
	"testing"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

func TestFake(t *testing.T) {
	for _, suite := range []func(*testing.T, func(*testing.T) targettest.World){targettest.TestTarget, targettest.TestThrottler, targettest.TestSharer} {
		suite(t, func(*testing.T) targettest.World {
			fake := targettest.New()
			return targettest.World{
				Target:  fake,
				Runs:    fake.Runs,
				Tamper:  func(environment, app string) { fake.Tamper(environment, app, "somebody was here") },
				Ail:     fake.Ail,
				Full:    fake.Full,
				Play:    fake.Play,
				Restart: func() target.Target { return fake },
				Plant: func(environment, app string) func() bool {
					fake.Plant(environment, app)
					return func() bool { return fake.Runs(environment, app) == "d1:foreign" }
				},
			}
		})
	}
}
