package catalog

import (
	"fmt"
	"iter"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/levee-gitops/levee/catalog/settings"

	iradix "github.com/hashicorp/go-immutable-radix/v2"
)

// Snapshot is a catalog at one commit: every manifest parsed, indexed by path,
// name and reference. It is immutable and safe for concurrent use; a new one is
// made from the last by Load, which shares all that did not change.
type Snapshot struct {
	commit  Commit
	folders folders
	docs    *iradix.Tree[*Document] // path → document
	others  *iradix.Tree[Entry]     // path → a governance file that holds no object
	names   index                   // "app/rates-feed" → what claims the name
	refs    index                   // "vendor/acme-maps" → what refers to it

	governance func() governance
	totals     sync.Map // team → what its apps may cost together, where it was asked for
}

// governance is the part outside apps/, as one value.
type governance struct {
	digest  Digest
	objects map[string]Digest // path → what it says
}

// Empty is the catalog in which there is nothing.
func Empty() *Snapshot {
	s := &Snapshot{
		folders: folders{iradix.New[[]Entry]()}, docs: iradix.New[*Document](), others: iradix.New[Entry](),
		names: iradix.New[[]string](), refs: iradix.New[[]string](),
	}
	s.governance = sync.OnceValue(func() governance { return governanceOf(s) })
	return s
}

// Commit is the commit the snapshot was taken of; empty for a folder on disk.
func (s *Snapshot) Commit() Commit { return s.commit }

// Document returns the file at a path, or nil.
func (s *Snapshot) Document(p string) *Document {
	d, _ := s.docs.Get([]byte(p))
	return d
}

// Documents yields the files whose path starts with a prefix, in the order of
// their paths. The prefix "apps/" yields the apps, "" everything.
func (s *Snapshot) Documents(prefix string) iter.Seq[*Document] {
	return func(yield func(*Document) bool) {
		s.docs.Root().WalkPrefix([]byte(prefix), func(_ []byte, d *Document) bool { return !yield(d) })
	}
}

// Apps is the number of apps, valid or not.
func (s *Snapshot) Apps() int {
	n := 0
	for d := range s.Documents("apps/") {
		if d.Kind == KindApp {
			n++
		}
	}
	return n
}

// Settings is what catalog.yaml says, or nil where it is missing or not valid:
// without settings nothing can be judged.
func (s *Snapshot) Settings() *settings.Settings {
	if c := Object[Catalog](s.Document("catalog.yaml")); c != nil {
		return &c.Spec
	}
	return nil
}

// Roles is what roles.yaml says, or nil where it is missing or not valid.
func (s *Snapshot) Roles() *RolesSpec {
	if r := Object[Roles](s.Document("roles.yaml")); r != nil {
		return &r.Spec
	}
	return nil
}

// Vendor returns a vendor by name, or nil where it is missing or not valid.
func (s *Snapshot) Vendor(name Name) *VendorSpec {
	if v := Object[Vendor](s.Document("vendors/" + string(name) + ".yaml")); v != nil {
		return &v.Spec
	}
	return nil
}

// Blueprint returns the document of a blueprint, or nil where there is none.
func (s *Snapshot) Blueprint(ref BlueprintRef) *Document {
	name, major, _ := strings.Cut(string(ref), "@")
	return s.Document(path.Join("blueprints", name, major, "blueprint.yaml"))
}

// AppNamed returns the document of the app with a name. Of several that claim
// one name it returns the first by path; NameClash tells.
func (s *Snapshot) AppNamed(name Name) *Document {
	for p := range pathsOf(s.names, ref("app", string(name))) {
		return s.Document(p)
	}
	return nil
}

// Referrers yields the paths of the documents that refer to something, in
// order; see the ref functions for what can be asked.
func (s *Snapshot) Referrers(r Ref) iter.Seq[string] { return pathsOf(s.refs, r) }

// pathsOf yields what an index has of something, in order.
func pathsOf(in index, r Ref) iter.Seq[string] {
	paths, _ := in.Get([]byte(r))
	return slices.Values(paths)
}

// Policies yields the organisation's own rules and their tests, by path.
func (s *Snapshot) Policies() iter.Seq[*Document] { return s.Documents("policies/") }

// GovernanceDigest names all governance of the snapshot: every file outside
// apps/, and every file in it that belongs to no app. Layout and comments of
// manifests do not count; everything else counts byte by byte.
func (s *Snapshot) GovernanceDigest() Digest { return s.governance().digest }

// GovernanceObjects maps the path of each governance file to the digest of what
// it says. The map must not be changed.
func (s *Snapshot) GovernanceObjects() map[string]Digest { return s.governance().objects }

// governanceOf puts together what the governance of a snapshot is.
func governanceOf(s *Snapshot) governance {
	g := governance{objects: map[string]Digest{}}
	s.others.Root().Walk(func(p []byte, e Entry) bool {
		if d := blueprintAround(s, string(p)); d == nil { // else the blueprint's own digest covers it
			g.objects[writable(string(p))] = entryDigest(e)
		}
		return false
	})
	for d := range s.Documents("") {
		if d.Kind == KindApp || d.isOdd() || strings.HasPrefix(d.Path, "apps/") {
			continue
		}
		digest := d.digest
		switch {
		case d.src == nil && d.ID != "": // too large to read
			digest = entryDigest(Entry{Mode: File, ID: d.ID})
		case d.src == nil && g.objects[writable(d.Path)] != "": // a link, or something else that holds no object
			continue
		case digest == "" || d.Kind == KindPolicy:
			digest = hashBytes("sha256", d.src)
		}
		if d.Folder != "" {
			digest = hashBytes("o1", []byte(string(digest)+"\n"+string(d.Folder)))
		}
		g.objects[d.Path] = digest
	}
	all := make(map[string]any, len(g.objects))
	for p, digest := range g.objects {
		all[p] = string(digest)
	}
	var err error
	if g.digest, err = HashOf("g2", all); err != nil {
		panic("catalog: digests are always writable as JSON: " + err.Error()) // unreachable
	}
	return g
}

// writable is a path as JSON can hold it: some that Git has are no text.
func writable(p string) string {
	if utf8.ValidString(p) {
		return p
	}
	return strconv.QuoteToASCII(p)
}

// entryDigest names a file by what Git calls its content.
func entryDigest(e Entry) Digest { return hashBytes("b1", fmt.Appendf(nil, "%d %s", e.Mode, e.ID)) }

// blueprintAround is the blueprint whose folder a path lies in; nil for none.
func blueprintAround(s *Snapshot, p string) *Document {
	if owner, ok := ownerOf(p); ok && strings.HasPrefix(p, "blueprints/") {
		return s.Document(owner)
	}
	return nil
}
