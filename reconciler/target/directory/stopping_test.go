package directory

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
)

// errKilled is what a process would say that no longer is.
var errKilled = errors.New("killed")

// The ways to be killed at an operation that changes something.
const (
	before  = iota
	halfway // through a write; elsewhere like before
	after
	ways
)

// journal counts the operations of one call that change something, kills the
// caller at one of them, and keeps what was not yet made to last.
type journal struct {
	count  int
	stopAt int // 0 means never
	way    int
	dead   bool
	wrote  bool // it was killed at a write

	unsynced map[string]bool // files written and not synced, folders changed and not synced
	wrong    []string
	check    func(op, name string) string // says what is wrong with doing this now
}

// change does an operation, or dies before or after it.
func (j *journal) change(op, name string, do func() error) error {
	if j.dead {
		return errKilled
	}
	if j.check != nil {
		if wrong := j.check(op, name); wrong != "" {
			j.wrong = append(j.wrong, wrong)
		}
	}
	j.count++
	if j.count == j.stopAt && j.way != after {
		j.dead = true
		return errKilled
	}
	err := do()
	if j.count == j.stopAt {
		j.dead = true
		return errKilled
	}
	return err
}

// stopping is a disk whose every change goes through a journal.
type stopping struct {
	disk.Disk
	j  *journal
	at string
}

func (s stopping) full(name string) string { return path.Join(s.at, name) }

func (s stopping) touched(name string) { s.j.unsynced[path.Dir(s.full(name))] = true }

func (s stopping) Lstat(name string) (fs.FileInfo, error) {
	if s.j.dead {
		return nil, errKilled
	}
	return s.Disk.Lstat(name)
}

func (s stopping) Read(name string, limit int64) ([]byte, fs.FileInfo, error) {
	if s.j.dead {
		return nil, nil, errKilled
	}
	return s.Disk.Read(name, limit)
}

func (s stopping) List(name string) ([]string, error) {
	if s.j.dead {
		return nil, errKilled
	}
	return s.Disk.List(name)
}

func (s stopping) Folder(name string) (disk.Disk, error) {
	if s.j.dead {
		return nil, errKilled
	}
	d, err := s.Disk.Folder(name)
	if err != nil {
		return nil, err
	}
	return stopping{d, s.j, s.full(name)}, nil
}

func (s stopping) Lock(ctx context.Context, name string) (func(), error) {
	if s.j.dead {
		return nil, errKilled
	}
	return s.Disk.Lock(ctx, name)
}

func (s stopping) Mkdir(name string) error {
	return s.j.change("mkdir", s.full(name), func() error { s.touched(name); return s.Disk.Mkdir(name) })
}

func (s stopping) Rename(from, to string) error {
	return s.j.change("rename", s.full(from), func() error {
		s.named(from)
		s.touched(from)
		s.touched(to)
		return s.Disk.Rename(from, to)
	})
}

func (s stopping) Link(from, to string) error {
	return s.j.change("link", s.full(from), func() error {
		s.named(from)
		s.touched(to)
		return s.Disk.Link(from, to)
	})
}

// named holds that no file gets its name before its bytes are there to last.
func (s stopping) named(from string) {
	if s.j.unsynced[s.full(from)] {
		s.j.wrong = append(s.j.wrong, s.full(from)+" is named before it is synced")
	}
}

func (s stopping) Remove(name string) error {
	return s.j.change("remove", s.full(name), func() error {
		err := s.Disk.Remove(name)
		if err == nil {
			s.touched(name)
		}
		return err
	})
}

func (s stopping) Sync(name string) error {
	return s.j.change("sync", s.full(name), func() error {
		delete(s.j.unsynced, s.full(name))
		return s.Disk.Sync(name)
	})
}

func (s stopping) Create(name string) (disk.Handle, error) {
	var f disk.Handle
	err := s.j.change("create", s.full(name), func() (err error) {
		if f, err = s.Disk.Create(name); err == nil {
			s.touched(name)
			s.j.unsynced[s.full(name)] = true
		}
		return err
	})
	if err != nil {
		if f != nil {
			f.Close()
		}
		return nil, err
	}
	return stoppingFile{f, s.j, s.full(name)}, nil
}

// stoppingFile is a file whose writer can be killed.
type stoppingFile struct {
	disk.Handle
	j    *journal
	name string
}

func (f stoppingFile) Write(b []byte) (n int, err error) {
	here := !f.j.dead && f.j.count+1 == f.j.stopAt
	err = f.j.change("write", f.name, func() error { n, err = f.Handle.Write(b); return err })
	f.j.wrote = f.j.wrote || here
	if here && f.j.way == halfway {
		n, _ = f.Handle.Write(b[:len(b)/2])
	}
	return n, err
}

func (f stoppingFile) Chmod(mode fs.FileMode) error {
	return f.j.change("chmod", f.name, func() error { return f.Handle.Chmod(mode) })
}

func (f stoppingFile) Sync() error {
	return f.j.change("sync", f.name, func() error {
		delete(f.j.unsynced, f.name)
		return f.Handle.Sync()
	})
}
