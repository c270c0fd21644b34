// Package spool keeps facts that were received and may not be lost before they are recorded,
// such as the payload of a review: one file each in a folder, on the disk before Add returns,
// until Done. A spool that is full refuses with ErrFull, and the sender tries again later.
package spool

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/levee-gitops/levee/catalog/ledger"
)

// Fact is something that was received and may not be lost before it is recorded: a
// review's payload, a click, an alert.
type Fact struct {
	ID      string `json:"-"` // in this spool
	Kind    string `json:"kind"`
	Key     string `json:"key"` // the same for a fact that is delivered twice
	Payload []byte `json:"payload"`
}

// ErrFull reports a fact for which the spool has no room. Its sender has to try
// again later.
var ErrFull = errors.New("the spool is full")

const (
	maxFact   = 8 << 20 // bytes of one file
	factFile  = ".fact"
	tornFile  = ".torn"
	spoolTemp = ".tmp-"
)

// Spool keeps facts in a folder, one file each, until they are done. It is safe for
// concurrent use by one process.
type Spool struct {
	dir   string
	most  int
	limit int64

	mu    sync.Mutex
	files []spooled // in order
	used  int64     // bytes of them
	next  int64
}

type spooled struct {
	id    string
	name  string // of kind and key
	bytes int64
}

// Open opens the spool in a folder, which is made if it does not exist, for at
// most so many facts, and limit bytes of them. Files that a crash or the disk left torn are put aside
// under another name and returned; they are ignored from then on.
func Open(dir string, facts int, limit int64) (s *Spool, torn []string, err error) {
	fail := func(err error) (*Spool, []string, error) { return nil, nil, fmt.Errorf("open the spool: %w", err) }
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fail(err)
	}
	entries, err := os.ReadDir(dir) // sorted, and so in order
	if err != nil {
		return fail(err)
	}
	s = &Spool{dir: dir, most: facts, limit: limit, next: 1}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), spoolTemp) {
			// It was never acknowledged.
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return fail(err)
			}
		}
		id, ok := strings.CutSuffix(e.Name(), factFile)
		if !ok {
			continue
		}
		var n int64
		_, _ = fmt.Sscanf(id, "%d-", &n) // a name of another form sorts where it sorts
		s.next = max(s.next, n+1)
		f, size, err := s.read(id)
		if errors.Is(err, errTorn) {
			if err := s.putAside(id); err != nil {
				return fail(err)
			}
			torn = append(torn, id+tornFile)
			continue
		}
		if err != nil {
			return fail(err)
		}
		s.files = append(s.files, spooled{id, nameOf(f.Kind, f.Key), size})
		s.used += size
	}
	return s, torn, nil
}

// Add keeps a fact and returns its id once the disk has it. A fact whose kind and
// key are pending is there already, and its id is returned. Without room for it,
// Add is ErrFull.
func (s *Spool) Add(kind, key string, payload []byte) (string, error) {
	name := nameOf(kind, key)
	raw, err := encodeFact(Fact{Kind: kind, Key: key, Payload: payload})
	if err != nil {
		return "", fmt.Errorf("spool %s %.80q: %w", kind, key, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.files, func(f spooled) bool { return f.name == name }); i >= 0 {
		return s.files[i].id, nil
	}
	size := int64(len(raw))
	if size > maxFact || s.used+size > s.limit || len(s.files) >= s.most {
		return "", fmt.Errorf("spool %s %.80q: %w: it has %d of at most %d facts and %d of %d bytes", kind, key, ErrFull, len(s.files), s.most, s.used, s.limit)
	}
	id := fmt.Sprintf("%016d-%s", s.next, name)
	if err := s.write(id, raw); err != nil {
		return "", fmt.Errorf("spool %s %.80q: %w", kind, key, err)
	}
	s.next++
	s.files = append(s.files, spooled{id, name, size})
	s.used += size
	return id, nil
}

func (s *Spool) write(id string, raw []byte) error {
	tmp, err := os.CreateTemp(s.dir, spoolTemp)
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(raw)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), filepath.Join(s.dir, id+factFile)); err != nil {
		return err
	}
	d, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close()) // the disk has the names in it
}

// Pending returns the facts that are not done, in the order they were added. A fact
// that cannot be read any more stays, and is an error beside the others.
func (s *Spool) Pending() ([]Fact, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var facts []Fact
	var errs []error
	for _, f := range s.files {
		fact, _, err := s.read(f.id)
		if err != nil {
			errs = append(errs, fmt.Errorf("read the spooled fact %s: %w", f.id, err))
			continue
		}
		facts = append(facts, fact)
	}
	return facts, errors.Join(errs...)
}

// Done takes a fact away once it is recorded. One that is gone is no error. After a
// crash it may be pending once more.
func (s *Spool) Done(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.files, func(f spooled) bool { return f.id == id })
	if i < 0 {
		return nil
	}
	if err := os.Remove(filepath.Join(s.dir, id+factFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("take %s out of the spool: %w", id, err)
	}
	s.used -= s.files[i].bytes
	s.files = slices.Delete(s.files, i, i+1)
	return nil
}

// putAside keeps a torn file for people to look at.
func (s *Spool) putAside(id string) error {
	at := filepath.Join(s.dir, id)
	return os.Rename(at+factFile, at+tornFile)
}

var errTorn = errors.New("the file is torn")

func (s *Spool) read(id string) (Fact, int64, error) {
	name := filepath.Join(s.dir, id+factFile)
	info, err := os.Lstat(name)
	if err != nil {
		return Fact{}, 0, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFact {
		return Fact{}, 0, errTorn
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return Fact{}, 0, err
	}
	f, err := decodeFact(raw)
	f.ID = id
	return f, int64(len(raw)), err
}

// encodeFact writes a fact after a line with its hash, so that a part of it is not
// taken for the whole.
func encodeFact(f Fact) ([]byte, error) {
	raw, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	return append([]byte(ledger.Hash(raw)+"\n"), raw...), nil
}

func decodeFact(raw []byte) (Fact, error) {
	hash, rest, _ := bytes.Cut(raw, []byte("\n"))
	var f Fact
	if string(hash) != ledger.Hash(rest) || ledger.Decode(rest, &f) != nil {
		return Fact{}, errTorn
	}
	return f, nil
}

// nameOf is what facts with equal kind and key share.
func nameOf(kind, key string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + key))
	return hex.EncodeToString(sum[:16])
}
