package object

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
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
			if tree, parents, err := packstore.CommitLinks(raw); err == nil {
				if tree.String() != string(c.Tree) || len(parents) != len(c.Parents) {
					t.Errorf("the graph reads another commit: %s, %s", tree, parents)
				}
			} else {
				t.Errorf("the graph cannot read it: %v", err)
			}
		} else if !errors.Is(err, packstore.ErrMalformed) {
			t.Errorf("commit: %v", err)
		}
		if tag, err := parseTag(raw); err == nil {
			if !bytes.Equal(append(bytes.Clone(tag.Payload), tag.Signature...), raw) && tag.doubt == nil {
				t.Errorf("the payload is %q", tag.Payload)
			}
			if key, err := tag.Verify(nil); err == nil {
				t.Errorf("signed by %s", key)
			}
		} else if !errors.Is(err, packstore.ErrMalformed) {
			t.Errorf("tag: %v", err)
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
