package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const copyPrefix = "copy-"

// OpenCopy opens a copy of a mirror that another process holds open, so that both
// can work at once. It shares the packs on disk, which never change, and nothing
// else; it is as new as what it was copied from, and needs the remote only for what
// came since. Close takes it away. Without a mirror to copy it is built from the
// remote.
func OpenCopy(ctx context.Context, opts Options) (*Repo, error) {
	source := opts.Dir
	if err := os.MkdirAll(source, 0o755); err != nil {
		return nil, fmt.Errorf("copy the mirror: %w", err)
	}
	sweepCopies(source)
	dir, err := os.MkdirTemp(source, copyPrefix+"*")
	if err != nil {
		return nil, fmt.Errorf("copy the mirror: %w", err)
	}
	opts.Dir = dir
	// Whatever is wrong with the copy, Open finds it and asks the remote.
	for range 3 {
		if err = copyGeneration(filepath.Join(source, currentLink), dir); err == nil || ctx.Err() != nil {
			break // else its owner joined packs meanwhile
		}
	}
	r, err := Open(ctx, opts)
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	r.temporary = true
	return r, nil
}

// copyGeneration links what a generation consists of into a new one. Refs are read
// before the list of packs: a pack arrives before the refs that need it.
func copyGeneration(link, dir string) error {
	from, err := filepath.EvalSymlinks(link)
	if err != nil {
		return fmt.Errorf("copy the mirror: %w", err)
	}
	to := filepath.Join(dir, generation+"1")
	if err := errors.Join(os.RemoveAll(to), os.MkdirAll(filepath.Join(to, "objects", "pack"), 0o755)); err != nil {
		return fmt.Errorf("copy the mirror: %w", err)
	}
	var packs []byte
	for _, name := range []string{"HEAD", "packed-refs", "config", packsFile} {
		data, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), data, 0o644)
		}
		if err != nil {
			return fmt.Errorf("copy the mirror: %w", err)
		}
		packs = data
	}
	for line := range strings.Lines(string(packs)) {
		id, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		files, err := filepath.Glob(filepath.Join(from, "objects", "pack", "pack-"+id+".*"))
		if err != nil || len(files) == 0 {
			return fmt.Errorf("copy pack %s: %w", id, os.ErrNotExist)
		}
		for _, file := range files {
			if err := linkOrCopy(file, filepath.Join(to, "objects", "pack", filepath.Base(file))); err != nil {
				return fmt.Errorf("copy the mirror: %w", err)
			}
		}
	}
	return os.Symlink(filepath.Base(to), filepath.Join(dir, currentLink))
}

func linkOrCopy(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// beingMade is how long a copy may take until it has its lock: links take no time, and
// elsewhere packs are copied.
const beingMade = time.Hour

// sweepCopies takes away the copies of processes that ended without closing them.
func sweepCopies(dir string) {
	copies, err := filepath.Glob(filepath.Join(dir, copyPrefix+"*"))
	if err != nil {
		return // the next one sweeps again
	}
	for _, old := range copies {
		name := filepath.Join(old, "lock")
		info, err := os.Stat(old)
		if _, unlocked := os.Stat(name); err != nil || unlocked != nil && time.Since(info.ModTime()) < beingMade {
			continue
		}
		if lock, err := lockFolder(name); err == nil {
			os.RemoveAll(old)
			_ = unlockFolder(lock)
		}
	}
}
