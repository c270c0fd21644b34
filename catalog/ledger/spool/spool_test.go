package spool

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func openSpool(t *testing.T, dir string) *Spool {
	t.Helper()
	s, torn, err := Open(dir, 100, 1<<20)
	if err != nil || len(torn) > 0 {
		t.Fatal(torn, err)
	}
	return s
}

// texts are the payloads that are pending.
func texts(t *testing.T, s *Spool) string {
	t.Helper()
	var list []string
	for _, f := range must(s.Pending()) {
		list = append(list, string(f.Payload))
	}
	return strings.Join(list, " ")
}

func TestSpool(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	s := openSpool(t, dir)
	first := must(s.Add("review", "1", []byte("a")))
	must(s.Add("click", "1", []byte("b")))
	must(s.Add("review", "2", []byte("c\nd")))
	if again := must(s.Add("review", "1", []byte("other"))); again != first {
		t.Errorf("the same fact is %s and %s", first, again)
	}
	if got := texts(t, s); got != "a b c\nd" {
		t.Errorf("pending is %q", got)
	}
	facts := must(s.Pending())
	if f := facts[0]; f.ID != first || f.Kind != "review" || f.Key != "1" {
		t.Errorf("the first is %+v", f)
	}

	// Another process finds the same, in the same order, and adds at the end.
	s = openSpool(t, dir)
	if again := must(s.Add("click", "1", nil)); again != facts[1].ID {
		t.Errorf("after a restart the same fact is %s", again)
	}
	if err := errors.Join(s.Done(first), s.Done(first), s.Done("nothing")); err != nil {
		t.Error(err)
	}
	must(s.Add("review", "3", []byte("e")))
	if got := texts(t, openSpool(t, dir)); got != "b c\nd e" {
		t.Errorf("pending is %q", got)
	}
	if next := must(s.Add("review", "1", []byte("f"))); next == first {
		t.Error("a fact that was done kept its id")
	}
}

// TestSpoolFull wants room counted, and given back.
func TestSpoolFull(t *testing.T) {
	dir := t.TempDir()
	s, _, err := Open(dir, 100, 1000)
	if err != nil {
		t.Fatal(err)
	}
	id := must(s.Add("a", "1", bytes.Repeat([]byte("x"), 400)))
	if _, err := s.Add("a", "2", bytes.Repeat([]byte("x"), 400)); !errors.Is(err, ErrFull) {
		t.Errorf("over the limit: %v", err)
	}
	s, _, err = Open(dir, 100, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Add("a", "2", bytes.Repeat([]byte("x"), 400)); !errors.Is(err, ErrFull) {
		t.Errorf("over the limit after a restart: %v", err)
	}
	if err := s.Done(id); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Add("a", "2", bytes.Repeat([]byte("x"), 400)); err != nil {
		t.Errorf("after making room: %v", err)
	}
	big, _, err := Open(t.TempDir(), 100, 1<<40)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := big.Add("a", "1", make([]byte, maxFact)); !errors.Is(err, ErrFull) {
		t.Errorf("a fact that is too large: %v", err)
	}
}

// TestSpoolTorn cuts the last file at every byte, and damages it at every byte: it
// is put aside and reported, and the others are there.
func TestSpoolTorn(t *testing.T) {
	good := t.TempDir()
	s := openSpool(t, good)
	must(s.Add("review", "1", []byte("first")))
	last := must(s.Add("review", "2", []byte("second")))
	names := must(filepath.Glob(filepath.Join(good, "*")))
	if len(names) != 2 {
		t.Fatal(names)
	}
	whole := must(os.ReadFile(filepath.Join(good, last+factFile)))
	head := must(os.ReadFile(names[0]))
	try := func(what string, content []byte) {
		dir := t.TempDir()
		for name, data := range map[string][]byte{names[0]: head, names[1]: content, spoolTemp + "123": content} {
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s, torn, err := Open(dir, 100, 1<<20)
		if err != nil || len(torn) != 1 || torn[0] != last+tornFile {
			t.Fatalf("%s: torn %v, %v", what, torn, err)
		}
		if got := texts(t, s); got != "first" {
			t.Fatalf("%s: pending is %q", what, got)
		}
		if kept := must(os.ReadFile(filepath.Join(dir, torn[0]))); !bytes.Equal(kept, content) {
			t.Fatalf("%s: what was torn is not kept", what)
		}
		must(s.Add("review", "2", []byte("again")))
		s, torn, err = Open(dir, 100, 1<<20)
		if err != nil || len(torn) > 0 || texts(t, s) != "first again" {
			t.Fatalf("%s: after adding it again: %v, %v", what, torn, err)
		}
		if left := must(filepath.Glob(filepath.Join(dir, spoolTemp+"*"))); len(left) > 0 {
			t.Fatalf("%s: %v is left", what, left)
		}
	}
	for n := range whole {
		try(fmt.Sprintf("cut at %d", n), whole[:n])
		damaged := bytes.Clone(whole)
		damaged[n] ^= 1
		try(fmt.Sprintf("damaged at %d", n), damaged)
	}
}

// TestSpoolLost wants a file that vanishes or is torn while the spool is open to be
// an error beside the others.
func TestSpoolLost(t *testing.T) {
	dir := t.TempDir()
	s := openSpool(t, dir)
	id := must(s.Add("a", "1", []byte("first")))
	must(s.Add("a", "2", []byte("second")))
	if err := os.WriteFile(filepath.Join(dir, id+factFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	facts, err := s.Pending()
	if err == nil || len(facts) != 1 || string(facts[0].Payload) != "second" {
		t.Errorf("pending is %v, %v", facts, err)
	}
	if err := os.Remove(filepath.Join(dir, id+factFile)); err != nil {
		t.Fatal(err)
	}
	if err := s.Done(id); err != nil {
		t.Error(err)
	}
	if _, _, err := Open(filepath.Join(dir, must(s.Add("a", "3", nil))+factFile), 100, 1); err == nil {
		t.Error("a file was opened as a spool")
	}
}

func TestSpoolConcurrent(t *testing.T) {
	dir := t.TempDir()
	s := openSpool(t, dir)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 10 {
				id, err := s.Add("a", fmt.Sprint(j%5, i%2), []byte("x"))
				if err != nil {
					t.Error(err)
				}
				if i == 7 && j > 7 {
					if err := s.Done(id); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	names := map[string]bool{}
	for _, f := range must(openSpool(t, dir).Pending()) {
		if names[f.Key] {
			t.Errorf("%s is there twice", f.Key)
		}
		names[f.Key] = true
	}
	if len(names) < 8 {
		t.Errorf("only %v are there", names)
	}
}

// TestSpoolHoldsSoMany: the bound in number holds for facts of all kinds together, over a restart
// too; what is there stays, and what goes makes room.
func TestSpoolHoldsSoMany(t *testing.T) {
	dir := t.TempDir()
	open := func() *Spool {
		t.Helper()
		s, _, err := Open(dir, 3, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	var ids []string
	for _, kind := range []string{"review", "click", "alert"} {
		id, err := s.Add(kind, "1", []byte(kind))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	for _, s := range []*Spool{s, open()} {
		if _, err := s.Add("click", "2", nil); !errors.Is(err, ErrFull) {
			t.Errorf("a fourth fact is answered %v", err)
		}
		if id, err := s.Add("alert", "1", nil); err != nil || id != ids[2] {
			t.Errorf("a fact that is there is answered %s, %v", id, err)
		}
		facts, err := s.Pending()
		if err != nil || len(facts) != 3 || facts[0].Kind != "review" || string(facts[2].Payload) != "alert" {
			t.Errorf("pending are %+v, %v", facts, err)
		}
	}
	s = open()
	if err := s.Done(ids[1]); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Add("click", "2", nil); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
