package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/directory/inventory"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
)

// Healths is, in what a pass over all apps found present, the apps with a health file.
const Healths = layout.Apps + " health"

// MaxHealth is how large a health file may be.
const MaxHealth = 4 << 10

// healthFile is where whoever runs an app says how it does: beside its document, under a
// name that no app can have.
func healthFile(app string) string { return path.Join(layout.Apps, app+".health.json") }

// Health says how an app does that shall run. Without a word from whoever runs it, what
// lies there as it was applied is ready since then.
func Health(d disk.Disk, r inventory.Record, drift string, document Sight, present map[string]map[string]bool) target.Health {
	switch {
	case r.Broken != nil:
		return target.Health{State: target.Unknown, Reason: drift}
	case drift != "":
		return target.Health{State: target.Failing, Reason: drift}
	}
	if present == nil || present[Healths][r.App] {
		if said, ok := readHealth(d, r.App, document); ok {
			return said
		}
	}
	return target.Health{State: target.Ready, Since: r.Since}
}

// readHealth reads what whoever runs an app says; false where it says nothing. What it
// said of an earlier document makes nobody ready: the file has to be written anew after
// each new document.
func readHealth(d disk.Disk, app string, document Sight) (target.Health, bool) {
	name := healthFile(app)
	raw, info, err := d.Read(name, MaxHealth)
	if errors.Is(err, fs.ErrNotExist) {
		return target.Health{}, false
	}
	wrong := func(format string, args ...any) (target.Health, bool) {
		return target.Health{State: target.Unknown, Reason: name + " " + fmt.Sprintf(format, args...)}, true
	}
	if err != nil {
		return wrong("cannot be read: %v", Cause(err))
	}
	var said target.Health
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&said); err != nil {
		return wrong("is not an object of state, reason, share, until and since: %v", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return wrong("goes on after its end")
	}
	if !said.State.Valid() {
		return wrong("says the state %.40q, and not ready, progressing, failing or unknown", string(said.State))
	}
	if said.State == target.Ready && document.Info != nil && info.ModTime().Before(document.Info.ModTime()) {
		return target.Health{State: target.Progressing, Reason: name + " is older than what was applied"}, true
	}
	return said.Bounded(), true
}
