package mirror

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
)

const clonePrefix = "clone-"

// Clone makes a folder of its own in that of a mirror which another process holds open, and puts into it
// what that has. Whatever is wrong with what is there then, who opens it finds, and asks the remote.
func Clone(ctx context.Context, source string) (dir string, err error) {
	if err := os.MkdirAll(source, 0o755); err != nil {
		return "", fmt.Errorf("clone the mirror: %w", err)
	}
	sweepClones(source)
	if dir, err = os.MkdirTemp(source, clonePrefix+"*"); err != nil {
		return "", fmt.Errorf("clone the mirror: %w", err)
	}
	for range 3 {
		if cloneGeneration(filepath.Join(source, currentLink), dir) == nil || ctx.Err() != nil {
			break // else its owner joined packs meanwhile
		}
	}
	return dir, nil
}

// cloneGeneration makes the one generation of a clone. Refs are read before the list of
// packs: a pack arrives before the refs that need it.
func cloneGeneration(link, dir string) error {
	from, err := filepath.EvalSymlinks(link)
	if err != nil {
		return fmt.Errorf("clone the mirror: %w", err)
	}
	to := filepath.Join(dir, generationPrefix+"1")
	if err := errors.Join(os.RemoveAll(to), os.MkdirAll(to, 0o755)); err != nil {
		return fmt.Errorf("clone the mirror: %w", err)
	}
	for _, name := range []string{"HEAD", "packed-refs", "config"} {
		data, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), data, 0o644)
		}
		if err != nil {
			return fmt.Errorf("clone the mirror: %w", err)
		}
	}
	if err := packstore.Clone(from, to); err != nil {
		return err
	}
	return os.Symlink(filepath.Base(to), filepath.Join(dir, currentLink))
}

// beingMade is how long a clone may take until it has its lock: links take no time, and
// elsewhere packs are copied.
const beingMade = time.Hour

// sweepClones removes the clones of processes that ended without closing them.
func sweepClones(dir string) {
	clones, err := filepath.Glob(filepath.Join(dir, clonePrefix+"*"))
	if err != nil {
		return // the next one sweeps again
	}
	for _, old := range clones {
		name := filepath.Join(old, "lock")
		info, err := os.Stat(old)
		if _, unlocked := os.Stat(name); err != nil || unlocked != nil && time.Since(info.ModTime()) < beingMade {
			continue
		}
		if lock, err := Lock(name); err == nil {
			os.RemoveAll(old)
			_ = lock.Unlock()
		}
	}
}
