package packstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// Add adds the pack that fill writes. The pack is indexed and every object in it hashed
// before any of them can be read; a pack that is there already is no error. An error of
// fill is returned as it is, a pack that cannot be read is ErrMalformed, and both leave
// nothing behind; a crash leaves at most files that the next Open removes. Objects too
// large to hold in memory are left out: reading them is catalog.ErrTooLarge.
func (s *Store) Add(ctx context.Context, fill func(io.Writer) error) error {
	tmp, err := os.CreateTemp(s.packDir(), "tmp-*")
	if err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	if err := fill(&stoppableWriter{ctx, tmp}); err != nil {
		return err
	}
	size, err := tmp.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	objects, sum, commits, gaps, err := buildIndex(ctx, tmp, size, &s.objects.zip)
	if err != nil {
		return err
	}
	id := sum.String()
	if s.holds(id) {
		return nil
	}
	return s.add(tmp.Name(), id, encodeTable(objects, sum), commits, gaps)
}

// AddEncoded adds a pack that EncodePack made. Its index is known, so that nothing in it is
// read again. Otherwise it is as Add.
func (s *Store) AddEncoded(p *Pack) error {
	id := p.sum.String()
	if s.holds(id) {
		return nil
	}
	tmp, err := os.CreateTemp(s.packDir(), "tmp-*")
	if err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(p.Data)
	if err := errors.Join(err, tmp.Close()); err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	return s.add(tmp.Name(), id, encodeTable(p.objects, p.sum), p.commits, false)
}

// add keeps a pack whose index is made and gives it to readers.
func (s *Store) add(tmp, id string, index []byte, commits []*node, gaps bool) error {
	p, err := s.keep(tmp, id, index, commits, gaps)
	if err != nil {
		return err
	}
	s.graph.add(commits)
	return s.publish(func(list []*pack) []*pack { return append(slices.Clone(list), p) })
}

// ReplaceFile writes a file so that readers and crashes see the old content or the new,
// never a part. It does not wait for the disk: what power loss garbles, the next Open
// refuses, and the mirror is built again.
func ReplaceFile(name string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), "tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

// A stoppableWriter ends with its context.
type stoppableWriter struct {
	ctx context.Context
	w   io.Writer
}

func (s *stoppableWriter) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.w.Write(b)
}
