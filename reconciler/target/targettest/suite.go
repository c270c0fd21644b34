package targettest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
)

// The environments that the suite uses; a target that must know them beforehand
// is told of both.
const (
	Production = "production"
	Staging    = "staging"
)

// World is a target and what can be done to it from outside, past its own back.
type World struct {
	Target target.Target
	// Runs returns the render digest of what really runs under an app's name, read
	// past the target; empty where nothing does.
	Runs func(environment, app string) catalog.Digest
	// Tamper changes what runs as a person with a free hand would.
	Tamper func(environment, app string)
	// Plant puts something that is not Levee's where an app would go, and returns a
	// question: is it still there, as it was? Nil where the kind has no such thing.
	Plant func(environment, app string) (untouched func() bool)
	// Ail makes what runs do as it is said, past the target, as whatever runs the app
	// would tell. Nil where the kind has no health to tell.
	Ail func(environment, app string, health target.Health)
	// Print returns all there is of the world, with its times: it is the same as long as
	// nothing is written. Nil where the world lives in the target.
	Print func() string
	// Full reports whether what runs under an app's name has all that it was given, read past
	// the target. Nil where the kind cannot throttle.
	Full func(environment, app string) bool
	// Play plays what gives the content of an app to its replicas, and has it come so far. Nil where the
	// kind cannot share.
	Play func(environment, app string, far Progress)
	// Restart returns a target over the same world that remembers nothing. Nil
	// where the world lives in the target.
	Restart func() target.Target
}

// TestTarget holds a kind of target to the contract. It asks for a fresh, empty
// world for every behaviour.
func TestTarget(t *testing.T, fresh func(t *testing.T) World) {
	for _, behaviour := range []struct {
		name string
		test func(*scene)
	}{
		{"it holds nothing at first", startsEmpty},
		{"an app is created, updated and then left alone", createsAndUpdates},
		{"a plan of what is there is empty", settles},
		{"a step that is repeated changes nothing", repeats},
		{"what it holds survives a restart", survivesRestart},
		{"absence never takes away", keepsTheAbsent},
		{"environments do not touch each other", keepsEnvironmentsApart},
		{"named apps are observed alone", observesNamed},
		{"an older admission is refused", refusesOlder},
		{"the same admission may be repeated", takesEqual},
		{"the witness rises and never falls", raisesWitness},
		{"a preview says what applying does, and does nothing", previews},
		{"a preview says that a contained app waits", previewsContained},
		{"a preview is bounded and masked", previewsBounded},
		{"a preview refuses what applying would", refusesPreview},
		{"drift is seen, told and corrected", correctsDrift},
		{"drift does not stop new content", updatesDrifted},
		{"what runs as it was applied is ready since then", tellsReady},
		{"health is told by what runs, and told again", tellsHealth},
		{"what shall not run has no health", tellsNoHealth},
		{"what changes is told, and what is read is not", watches},
		{"watching goes on where nothing was at first", watchesNew},
		{"an app is disabled and enabled", disablesAndEnables},
		{"an app can arrive disabled", arrivesDisabled},
		{"a disabled app takes new content without running", updatesDisabled},
		{"what runs is contained", containsRunning},
		{"an app is contained before it arrives", containsUnknown},
		{"containment survives a restart and repeats", containsTwice},
		{"a drill gives way to a containment in earnest", containsInEarnest},
		{"new content waits while contained, and comes after release", waitsForRelease},
		{"an app that is contained cannot be brought back by hand", cutsAgain},
		{"a disabled app is contained and stays disabled", containsDisabled},
		{"releasing what is not contained changes nothing", releasesNothing},
		{"an app is removed with its inventory", removes},
		{"removing is fenced", refusesOlderRemoval},
		{"removing does not lift a mark", removesContained},
		{"what is not its own is left alone", leavesForeign},
		{"names that are no names are refused", refusesNames},
		{"steps that contradict themselves are refused", refusesSteps},
		{"a call whose time is over does nothing", obeysContext},
		{"different apps at once", actsConcurrently},
		{"one app with a whole pass beside it", observesConcurrently},
	} {
		t.Run(behaviour.name, func(t *testing.T) {
			behaviour.test(&scene{T: t, World: fresh(t)})
		})
	}
}

// scene is one behaviour under test, with short words for what it does.
type scene struct {
	*testing.T
	World
}

// Object is an app with a version, as the reconciler would hand it over: a whole
// runtime document, its render digest, and the fence of an admission.
func Object(app, version string, admission int64) target.Object {
	document := map[string]any{
		"apiVersion": catalog.APIVersion, "kind": "Runtime", "app": app, "environment": Production,
		"title": "An app", "version": version, "stage": "production", "classification": "internal",
		"owner":  map[string]any{"person": "jdoe", "team": "finance"},
		"labels": map[string]any{"levee.dev/app": app, "levee.dev/team": "finance", "levee.dev/version": version},
		"runtime": map[string]any{
			"type": "container", "image": "registry.example.com/" + app + "@sha256:" + string(digest(version))[3:],
			"language": "nodejs:22", "cpu": 0.25, "memory": float64(256 << 20), "timeout": 300.0,
			"concurrency": 10.0, "regions": []any{"eu-sovereign-1"},
		},
		"access": map[string]any{"sso": "oidc", "groups": []any{"finance-all"}, "scopes": []any{"readonly-database"}},
		"egress": map[string]any{"maps.example.com": "acme-maps"}, "secrets": []any{}, "models": []any{}, "data": []any{},
		"blueprint": "form@2",
	}
	render := digest(document)
	document["render"] = string(render)
	raw, err := catalog.Canonical(document)
	if err != nil {
		panic(err) // unreachable: plain values
	}
	return target.Object{App: app, Render: render, Document: raw, Fence: Fence(admission)}
}

// Fence is the fence of an admission, with tips that tell it from others.
func Fence(admission int64) target.Fence {
	return target.Fence{
		Admission: admission,
		Ledger:    catalog.Commit(digest(admission)[3:43]),
		Main:      catalog.Commit(digest(-admission)[3:43]),
	}
}

func digest(v any) catalog.Digest {
	raw, _ := json.Marshal(v) // plain values
	var plain any
	_ = json.Unmarshal(raw, &plain)
	d, err := catalog.HashOf("d1", plain)
	if err != nil {
		panic(err) // unreachable: plain values
	}
	return d
}

// disabled is the object, not to be run.
func disabled(o target.Object) target.Object {
	o.Disabled = true
	return o
}

var leak = target.Mark{Reason: "leaks data", By: "oncall", At: time.Date(2026, 4, 2, 3, 0, 0, 0, time.UTC)}

func background() context.Context { return context.Background() }
