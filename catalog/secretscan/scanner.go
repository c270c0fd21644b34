package secretscan

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"sync"
	"unicode/utf16"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/errgroup"

	"github.com/levee-gitops/levee/catalog"
)

// MaxSize is how many bytes a file may have to be scanned.
const MaxSize = 4 << 20

const (
	filesKnown = 32_768 // of which what they hold is remembered
	textAhead  = 8_000  // bytes of a file in which no text has a zero
)

// Scanner finds secrets in files. It reads its rules when it is first asked, and remembers
// by content what it found. It is safe for concurrent use.
type Scanner struct {
	rules func() *rules
	known *lru.Cache[content, File]
}

// content is what a file is judged by: what it holds, and its name.
type content struct{ id, name string }

// File is what was found in one file.
type File struct {
	Path     string
	Findings []Finding
	Unread   string // why all of it, or the rest, was not scanned, as a sentence; empty where it was
}

// New makes a scanner that remembers nothing yet.
func New() *Scanner {
	known, _ := lru.New[content, File](filesKnown)
	return &Scanner{rules: sync.OnceValue(load), known: known}
}

// Files scans files, each content once, and returns those of which there is something to say, in
// the order of the entries. What is no file, such as a link, holds nothing. It fails if a file
// cannot be had, and not for what is in it.
func (s *Scanner) Files(ctx context.Context, files catalog.Files, entries []catalog.Entry) ([]File, error) {
	all := make([]File, len(entries))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, e := range entries {
		if e.Mode != catalog.File && e.Mode != catalog.Executable {
			continue
		}
		known, ok := s.known.Get(content{e.ID, path.Base(e.Path)})
		if ok && e.ID != "" {
			all[i] = known
			all[i].Path = e.Path
			continue
		}
		group.Go(func() (err error) {
			all[i], err = s.file(ctx, files, e)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(f File) bool { return len(f.Findings) == 0 && f.Unread == "" }), nil
}

// file scans one file.
func (s *Scanner) file(ctx context.Context, files catalog.Files, e catalog.Entry) (File, error) {
	src, err := files.Read(ctx, e, MaxSize)
	name := path.Base(e.Path)
	f := File{Path: e.Path, Findings: s.rules().named(name)}
	switch text, readable := textOf(src); {
	case errors.Is(err, catalog.ErrTooLarge):
		f.Unread = fmt.Sprintf("It is larger than %d MiB.", MaxSize>>20)
	case errors.Is(err, catalog.ErrMalformed):
		return File{}, nil // there is nothing behind the name, and whoever reads it says so
	case err != nil:
		return File{}, fmt.Errorf("read %s: %w", e.Path, err)
	case !readable:
		f.Unread = "It is no text."
	default:
		found, whole := s.rules().find(name, text)
		f.Findings = append(f.Findings, found...)
		if !whole {
			f.Unread = "There is more in it that looks like secrets than is looked at."
		}
	}
	if e.ID != "" {
		s.known.Add(content{e.ID, name}, f)
	}
	return f, nil
}

// Text lists the secrets in a text that is no file, such as a title.
func (s *Scanner) Text(text string) []Finding {
	if text == "" {
		return nil
	}
	found, _ := s.rules().find("", text[:min(len(text), MaxSize)])
	return found
}

// textOf is the text of a file, also of one that Windows wrote in two bytes a character.
// readable is false for what is no text.
func textOf(src []byte) (text string, readable bool) {
	for mark, order := range map[string]binary.ByteOrder{"\xff\xfe": binary.LittleEndian, "\xfe\xff": binary.BigEndian} {
		if bytes.HasPrefix(src, []byte(mark)) {
			units := make([]uint16, 0, len(src)/2)
			for i := len(mark); i+1 < len(src); i += 2 {
				units = append(units, order.Uint16(src[i:]))
			}
			return string(utf16.Decode(units)), true
		}
	}
	return string(src), bytes.IndexByte(src[:min(len(src), textAhead)], 0) < 0
}
