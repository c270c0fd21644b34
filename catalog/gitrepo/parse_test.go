package gitrepo

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
)

const (
	treeLine   = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
	parentLine = "parent 1111111111111111111111111111111111111111\n"
	authorLine = "author Ada <ada@example.com> 1775034000 +0200\n"
	commitLine = "committer Bob B. <bob@example.com> 1775034000 -0030\n"
	sigLine    = "gpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----\n"
)

// FuzzParse feeds commits and tags to the parsers. Nothing may crash them, what
// they accept without doubt must be what Git's own layout says, and payload and
// signature must add up to the object.
func FuzzParse(f *testing.F) {
	f.Add([]byte(treeLine + parentLine + authorLine + commitLine + sigLine + "\nSubject\n\nApp: x\n"))
	f.Add([]byte(treeLine + authorLine + commitLine + "encoding latin1\nmergetag object 1\n type commit\n\nm"))
	f.Add([]byte("object 1111111111111111111111111111111111111111\ntype commit\ntag v1\ntagger A <a> 1 +0000\n\nm\n-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"))
	f.Add([]byte("tree \n \n\n"))
	f.Add([]byte(treeLine + parentLine + parentLine + "author <> 99999999999999999999 +9999\ncommitter >< - -\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		kept := bytes.Clone(raw)
		if c, err := parseCommit(raw); err == nil {
			if len(c.Payload)+len(c.Signature) > len(raw)+2 {
				t.Errorf("the payload grew to %q", c.Payload)
			}
			if len(c.Signature) == 0 && !bytes.Equal(c.Payload, raw) {
				t.Errorf("without a signature the payload is %q", c.Payload)
			}
			if c.doubt == nil && !bytes.HasPrefix(raw, []byte("tree "+string(c.Tree)+"\n")) {
				t.Errorf("accepted without doubt: %q", raw)
			}
			if key, err := c.Verify(nil); err == nil {
				t.Errorf("signed by %s", key)
			}
			if n, err := readNode(plumbing.ZeroHash, raw); err == nil {
				if n.tree.String() != string(c.Tree) || len(n.parents) != len(c.Parents) {
					t.Errorf("the graph reads another commit: %v", n)
				}
			} else {
				t.Errorf("the graph cannot read it: %v", err)
			}
		} else if !errors.Is(err, ErrMalformed) {
			t.Errorf("commit: %v", err)
		}
		if tag, err := parseTag(raw); err == nil {
			if !bytes.Equal(append(bytes.Clone(tag.Payload), tag.Signature...), raw) && tag.doubt == nil {
				t.Errorf("the payload is %q", tag.Payload)
			}
			if key, err := tag.Verify(nil); err == nil {
				t.Errorf("signed by %s", key)
			}
		} else if !errors.Is(err, ErrMalformed) {
			t.Errorf("tag: %v", err)
		}
		if entries, err := parseTree(raw); err == nil {
			again, err := parseTree(encodeTree(entries))
			entries = slices.DeleteFunc(entries, func(e named) bool { return e.mode == catalog.Odd })
			if err != nil || !slices.Equal(again, entries) {
				t.Errorf("a tree does not survive: %v", err)
			}
		}
		if !bytes.Equal(kept, raw) {
			t.Error("the raw bytes were changed")
		}
	})
}

func TestParseCommit(t *testing.T) {
	raw := treeLine + parentLine + authorLine + commitLine + sigLine + "\nSubject\n\nBody\n\nApp: x\nNote: a\n b\n"
	c, err := parseCommit([]byte(raw))
	if err != nil || c.doubt != nil {
		t.Fatal(err, c.doubt)
	}
	if got := string(c.Payload); got != strings.Replace(raw, sigLine, "", 1) {
		t.Errorf("the payload is %q", got)
	}
	if got := string(c.Signature); got != "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n" {
		t.Errorf("the signature is %q", got)
	}
	if c.Author.Name != "Ada" || c.Author.When.Format(time.RFC3339) != "2026-04-01T11:00:00+02:00" {
		t.Errorf("the author is %+v", c.Author)
	}
	if c.Committer.Name != "Bob B." || c.Committer.When.Format(time.RFC3339) != "2026-04-01T08:30:00-00:30" {
		t.Errorf("the committer is %+v", c.Committer)
	}
	for message, want := range map[string]int{
		"Subject: x\n": 0, "S\n\nA: 1": 1, "S\n\nA: 1\nno trailer\n": 0, "S\n\nA:1\n\nB: 2\n": 1, "": 0, "\n\nA: 1\n": 1, "S\n\nA b: 1\n": 0,
	} {
		if got := trailersOf(message); len(got) != want {
			t.Errorf("%q has the trailers %v", message, got)
		}
	}
}

func TestValidRef(t *testing.T) {
	for _, name := range []string{"refs/heads/main", "refs/heads/a/b-c_d.e", "refs/pull/1/head", "refs/heads/ü", "refs/heads/@"} {
		if !validRef(name) {
			t.Errorf("%q is refused", name)
		}
	}
	for _, name := range []string{
		"", "HEAD", "refs", "refs/", "refs//x", "refs/x/", "refs/../x", "refs/heads/.x", "refs/x.lock", "refs/x.lock/y",
		"refs/a b", "refs/a\x00", "refs/a\n", "refs/a~1", "refs/a^", "refs/a:b", "refs/a?", "refs/a*", "refs/a[", `refs/a\b`,
		"refs/a@{1}", "refs/a.", "/refs/x", "refs/" + strings.Repeat("x", 2000), "refs/a\x7f",
	} {
		if validRef(name) {
			t.Errorf("%q is taken", name)
		}
	}
	for pattern, names := range map[string][2]string{
		"refs/heads/*": {"refs/heads/a/b", "refs/heads/"}, "refs/pull/*/head": {"refs/pull/7/head", "refs/pull/7/merge"},
		"refs/heads/main": {"refs/heads/main", "refs/heads/main2"},
	} {
		if !matchRef(pattern, Ref(names[0])) || matchRef(pattern, Ref(names[1])) {
			t.Errorf("%q matches wrong", pattern)
		}
	}
}

// landed makes a store of its own and lands a pack file in it.
func landed(t *testing.T, pack []byte) (*store, error) {
	t.Helper()
	s, err := newGeneration(Options{Dir: t.TempDir(), CacheBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return s, s.landBytes(t.Context(), pack)
}

// TestBlobBomb indexes a file of 16 MiB that is packed into 16 KiB. It must not be
// held in memory.
func TestBlobBomb(t *testing.T) {
	pack, err := encodePack([]object{{plumbing.BlobObject, make([]byte, 16<<20)}})
	if err != nil {
		t.Fatal(err)
	}
	h := plumbing.ComputeHash(plumbing.BlobObject, make([]byte, 16<<20))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s, err := landed(t, pack)
	if err != nil {
		t.Fatal(err)
	}
	if !s.has(h) {
		t.Error("it is not there")
	}
	if _, err := s.object(h, 1<<20); !errors.Is(err, catalog.ErrTooLarge) {
		t.Errorf("read: %v", err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20 {
		t.Errorf("it took %d MiB", took>>20)
	}
}

// TestDeltaBomb receives a difference of a few bytes that makes an object of more
// than may be held. The object is left out; its neighbours are not.
func TestDeltaBomb(t *testing.T) {
	base := make([]byte, 1<<16)
	delta := appendSize(appendSize(nil, int64(len(base))), 300<<20)
	for range 300 << 20 >> 16 {
		delta = append(delta, 0x80) // copy 64 KiB from the start
	}
	baseID := plumbing.ComputeHash(plumbing.BlobObject, base)
	pack := packOf(t, 3,
		entryOf(t, plumbing.BlobObject, nil, base),
		entryOf(t, plumbing.REFDeltaObject, baseID[:], delta),
		entryOf(t, plumbing.BlobObject, nil, []byte("fine\n")))
	s, err := landed(t, pack)
	if err != nil {
		t.Fatal(err)
	}
	fine := plumbing.ComputeHash(plumbing.BlobObject, []byte("fine\n"))
	if o, err := s.object(fine, 100); err != nil || string(o.data) != "fine\n" {
		t.Errorf("its neighbour: %q, %v", o.data, err)
	}
	bomb := plumbing.ComputeHash(plumbing.BlobObject, make([]byte, 300<<20))
	if _, err := follow(s, bomb, plumbing.BlobObject, 1<<30); !errors.Is(err, catalog.ErrTooLarge) || s.damaged.Load() {
		t.Errorf("the bomb: %v", err)
	}
	// It is remembered over a restart.
	if err := s.writeRefs(&refTable{}, true); err != nil {
		t.Fatal(err)
	}
	again, _, err := openGeneration(t.Context(), s.dir, Options{CacheBytes: 1 << 20})
	if err != nil || !again.gaps.Load() {
		t.Errorf("after a restart: %v", err)
	}
}

func appendSize(b []byte, n int64) []byte {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

// entryOf makes one entry of a pack, with what names its base.
func entryOf(t *testing.T, kind plumbing.ObjectType, base, data []byte) []byte {
	t.Helper()
	whole, err := encodePack([]object{{kind, data}})
	if err != nil {
		t.Fatal(err)
	}
	head := entryHead(kind, int64(len(data)))
	body := whole[packHeader+len(head) : len(whole)-packTrailer]
	return append(append(head, base...), body...)
}

func packOf(t *testing.T, count byte, entries ...[]byte) []byte {
	t.Helper()
	pack := append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00"), count)
	pack = append(pack, bytes.Join(entries, nil)...)
	h := plumbing.NewHasher(plumbing.BlobObject, 0)
	h.Hash.Reset()
	h.Write(pack)
	sum := h.Sum()
	return append(pack, sum[:]...)
}

// TestMalformedPacks lands packs that no server should send.
func TestMalformedPacks(t *testing.T) {
	blob := entryOf(t, plumbing.BlobObject, nil, []byte("hello"))
	unknown := bytes.Repeat([]byte{7}, hashSize)
	short := bytes.Clone(blob)
	short[0]-- // it says that it is four bytes long
	long := bytes.Clone(blob)
	long[0]++
	good := packOf(t, 1, blob)
	if _, err := landed(t, good); err != nil {
		t.Fatal(err)
	}
	for name, pack := range map[string][]byte{
		"empty":               {},
		"too short":           []byte("PACK"),
		"another format":      append([]byte("KCAP"), good[4:]...),
		"a wrong checksum":    append(bytes.Clone(good[:len(good)-1]), good[len(good)-1]^1),
		"more than it says":   packOf(t, 1, blob, blob),
		"less than it says":   packOf(t, 2, blob),
		"longer than it says": packOf(t, 1, short),
		"shorter":             packOf(t, 1, long),
		"an unknown type":     packOf(t, 1, append([]byte{5 << 4}, blob[1:]...)),
		"no base":             packOf(t, 1, entryOf(t, plumbing.REFDeltaObject, unknown, []byte{5, 5, 0x90, 5})),
		"a base before all":   packOf(t, 1, entryOf(t, plumbing.OFSDeltaObject, []byte{0x7f}, []byte{5, 5, 0x90, 5})),
		"a base within":       packOf(t, 2, blob, entryOf(t, plumbing.OFSDeltaObject, []byte{1}, []byte{5, 5, 0x90, 5})),
		"a wrong base size":   packOf(t, 2, blob, entryOf(t, plumbing.OFSDeltaObject, []byte{byte(len(blob))}, []byte{9, 5, 0x90, 5})),
		"a wrong copy":        packOf(t, 2, blob, entryOf(t, plumbing.OFSDeltaObject, []byte{byte(len(blob))}, []byte{5, 9, 0x90, 9})),
		"no difference":       packOf(t, 2, blob, entryOf(t, plumbing.OFSDeltaObject, []byte{byte(len(blob))}, nil)),
	} {
		s, err := landed(t, pack)
		if err == nil {
			t.Errorf("%s: it landed", name)
			continue
		}
		if files, _ := os.ReadDir(s.packDir()); len(files) != 0 || len(s.list()) != 0 {
			t.Errorf("%s: it left %v", name, files)
		}
	}
	// The right one, for comparison.
	s, err := landed(t, packOf(t, 2, blob, entryOf(t, plumbing.OFSDeltaObject, []byte{byte(len(blob))}, []byte{5, 5, 0x90, 5})))
	if err != nil || !s.has(plumbing.ComputeHash(plumbing.BlobObject, []byte("hello"))) {
		t.Errorf("a good difference: %v", err)
	}
}

func TestGraphFile(t *testing.T) {
	var nodes []*node
	for i := range 5 {
		n := &node{when: int64(i)}
		_, _ = rand.Read(n.id[:])
		_, _ = rand.Read(n.tree[:])
		for _, p := range nodes {
			n.parents = append(n.parents, p.id)
		}
		nodes = append(nodes, n)
	}
	data := encodeNodes(nodes)
	back, err := decodeNodes(data)
	if err != nil || fmt.Sprint(back[4]) != fmt.Sprint(nodes[4]) {
		t.Errorf("%v, %v", back, err)
	}
	for i := range data {
		changed := bytes.Clone(data)
		changed[i] ^= 1
		if _, err := decodeNodes(changed); err == nil {
			t.Errorf("byte %d can be changed", i)
		}
		if _, err := decodeNodes(data[:i]); err == nil {
			t.Errorf("%d bytes are enough", i)
		}
	}
	// Children that come before their parents end up higher all the same.
	g := newGraph()
	g.add(nodes[3:])
	g.add(nodes[:3])
	for i, n := range nodes {
		if n.height != int32(i+1) {
			t.Errorf("node %d has the height %d", i, n.height)
		}
	}
}

func TestLandEndsWithItsContext(t *testing.T) {
	s, err := newGeneration(Options{Dir: t.TempDir(), CacheBytes: 1})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	pack, err := encodePack([]object{{plumbing.BlobObject, []byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.landBytes(ctx, pack); !errors.Is(err, context.Canceled) {
		t.Errorf("land: %v", err)
	}
	if files, _ := filepath.Glob(filepath.Join(s.packDir(), "*")); len(files) != 0 {
		t.Errorf("it left %v", files)
	}
}

// TestContentIsWhatItIsCalled changes a pack so that it still unpacks well.
func TestContentIsWhatItIsCalled(t *testing.T) {
	pack := packOf(t, 1, entryOf(t, plumbing.BlobObject, nil, []byte("hello")))
	s, err := landed(t, pack)
	if err != nil {
		t.Fatal(err)
	}
	other := entryOf(t, plumbing.BlobObject, nil, []byte("jello"))
	if err := os.Chmod(s.list()[0].file.Name(), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(s.list()[0].file.Name(), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(other, packHeader); err != nil {
		t.Fatal(err)
	}
	if o, err := s.object(plumbing.ComputeHash(plumbing.BlobObject, []byte("hello")), 100); !errors.Is(err, ErrCorrupt) || !s.damaged.Load() {
		t.Errorf("read: %q, %v", o.data, err)
	}
}

// TestDifferenceFromItself changes a pack so that an object is its own base.
func TestDifferenceFromItself(t *testing.T) {
	blob := entryOf(t, plumbing.BlobObject, nil, []byte("hello"))
	base := plumbing.ComputeHash(plumbing.BlobObject, []byte("hello"))
	result := plumbing.ComputeHash(plumbing.BlobObject, []byte("hell"))
	s, err := landed(t, packOf(t, 2, blob, entryOf(t, plumbing.REFDeltaObject, base[:], []byte{5, 4, 0x90, 4})))
	if err != nil || !s.has(result) {
		t.Fatal(err)
	}
	name := s.list()[0].file.Name()
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(result[:], int64(packHeader+len(blob)+1)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.object(result, 100); !errors.Is(err, ErrCorrupt) {
		t.Errorf("read: %v", err)
	}
}

func TestCacheKeepsToItsLimit(t *testing.T) {
	c := newCache(100_000)
	for i := range 1000 {
		c.put(place{nil, int64(i)}, object{plumbing.BlobObject, make([]byte, 1000)})
	}
	c.put(place{nil, -1}, object{plumbing.BlobObject, make([]byte, 50_000)})
	if c.used > c.limit || len(c.at) != c.order.Len() || len(c.at) < 50 {
		t.Errorf("it holds %d bytes of %d objects", c.used, len(c.at))
	}
	if _, ok := c.get(place{nil, 999}); !ok {
		t.Error("the newest is gone")
	}
	if _, ok := c.get(place{nil, 1}); ok {
		t.Error("the oldest is there")
	}
	if _, ok := c.get(place{nil, -1}); ok {
		t.Error("a large one drove out others")
	}
}
