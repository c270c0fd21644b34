package inventory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
)

const maxWitness = 4 << 10

// newer is the fence of the later admission.
func newer(a, b target.Fence) target.Fence {
	if b.Admission > a.Admission {
		return b
	}
	return a
}

// ReadWitness returns the newest fence ever applied. Where its file is gone or
// damaged, which sound tells, the entries still know most of it.
func ReadWitness(d disk.Disk) (fence target.Fence, sound bool, err error) {
	raw, _, err := d.Read(layout.Witness, maxWitness)
	if err == nil && json.Unmarshal(raw, &fence) == nil {
		return fence, true, nil
	}
	fence = target.Fence{}
	names, err := d.List(layout.Inventory)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fence, false, fmt.Errorf("list %s: %w", layout.Inventory, err)
	}
	for _, name := range names {
		if app, ok := strings.CutSuffix(name, ".json"); ok {
			fence = newer(fence, Read(d, app).Fence)
		}
	}
	return fence, false, nil
}

// RaiseWitness remembers a fence that was applied, unless a newer one was. An app's
// lock is held already; the witness's is always the second, so that nobody waits
// in a circle.
func RaiseWitness(ctx context.Context, e *layout.Environments, d disk.Disk, environment string, fence target.Fence) error {
	release, err := e.Hold(ctx, d, environment, "witness")
	if err != nil {
		return err
	}
	defer release()
	was, sound, err := ReadWitness(d)
	if err != nil {
		return err
	}
	if sound && fence.Admission <= was.Admission {
		return layout.Unstage(d, "witness")
	}
	raw, err := layout.Lines(newer(was, fence))
	if err != nil {
		return err
	}
	return layout.Replace(d, "witness", layout.Witness, raw)
}
