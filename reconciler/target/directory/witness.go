package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target"
)

const maxWitness = 4 << 10

// newer is the fence of the later admission.
func newer(a, b target.Fence) target.Fence {
	if b.Admission > a.Admission {
		return b
	}
	return a
}

// readWitness returns the newest fence ever applied. Where its file is gone or
// damaged, which sound tells, the entries still know most of it.
func readWitness(d disk) (fence target.Fence, sound bool, err error) {
	raw, _, err := d.Read(witness, maxWitness)
	if err == nil && json.Unmarshal(raw, &fence) == nil {
		return fence, true, nil
	}
	fence = target.Fence{}
	names, err := d.List(inventory)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fence, false, fmt.Errorf("list %s: %w", inventory, err)
	}
	for _, name := range names {
		if app, ok := strings.CutSuffix(name, ".json"); ok {
			fence = newer(fence, readEntry(d, app).Fence)
		}
	}
	return fence, false, nil
}

// raiseWitness remembers a fence that was applied, unless a newer one was. An app's
// lock is held already; the witness's is always the second, so that nobody waits
// in a circle.
func (e *environments) raiseWitness(ctx context.Context, d disk, environment string, fence target.Fence) error {
	release, err := e.hold(ctx, d, environment, "witness")
	if err != nil {
		return err
	}
	defer release()
	was, sound, err := readWitness(d)
	if err != nil {
		return err
	}
	if sound && fence.Admission <= was.Admission {
		return unstage(d, "witness")
	}
	raw, err := lines(newer(was, fence))
	if err != nil {
		return err
	}
	return replace(d, "witness", witness, raw)
}
