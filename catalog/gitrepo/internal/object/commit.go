package object

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
)

// CommitInfo is what is written in a commit.
type CommitInfo struct {
	ID        catalog.Commit
	Tree      Tree
	Parents   []catalog.Commit
	Author    Person
	Committer Person
	Message   string
	Trailers  []Trailer // of the message

	signed
}

// Named lists the addresses that a commit names as author, committer and co-authors,
// sorted. Anybody can write them, so they prove nothing about who it was; whoever
// uses them to exclude looks wherever in the message they stand.
func (c *CommitInfo) Named() []string {
	emails := append([]string{c.Author.Email, c.Committer.Email}, CoAuthors(c.Message)...)
	slices.Sort(emails)
	return slices.DeleteFunc(slices.Compact(emails), func(e string) bool { return e == "" })
}

// CoAuthors lists the addresses of the lines "Co-authored-by: Name <address>" in a
// message.
func CoAuthors(message string) []string {
	var emails []string
	for line := range strings.Lines(message) {
		key, value, ok := strings.Cut(line, ":")
		if !ok || !strings.EqualFold(strings.TrimSpace(key), "Co-authored-by") {
			continue
		}
		if _, email, ok := strings.Cut(value, "<"); ok {
			email, _, _ = strings.Cut(email, ">")
			emails = append(emails, strings.TrimSpace(email))
		}
	}
	return emails
}

func CommitOf(ctx context.Context, src packstore.Reader, id catalog.Commit) (*CommitInfo, error) {
	raw, whole, err := rawObject(ctx, src, ID(id), plumbing.CommitObject)
	if err != nil {
		return nil, err
	}
	c, err := parseCommit(raw)
	if err != nil {
		return nil, fmt.Errorf("read commit %s: %w", id, err)
	}
	c.ID = id
	if !whole {
		c.doubt = fmt.Errorf("%w: a commit of more than %d MiB", catalog.ErrTooLarge, packstore.MaxCommit>>20)
	}
	return c, nil
}

// rawObject reads a commit or tag that a caller named, or its first bytes, and says
// whether they are the whole of it.
func rawObject(ctx context.Context, src packstore.Reader, id ID, kind plumbing.ObjectType) ([]byte, bool, error) {
	if err := ctx.Err(); err != nil {
		return nil, false, fmt.Errorf("read %s %s: %w", kind, id, err)
	}
	o, whole, err := startOf(src, id)
	if err == nil && o.Kind != kind {
		err = fmt.Errorf("read %s %s: %w: it is a %s", kind, id, packstore.ErrNotFound, o.Kind)
	}
	return o.Data, whole, err
}

// startOf reads an object, or the first bytes of one that is too large to be held: the
// tree and the parents of a commit stand there, and so history goes on. Nothing is
// verified of them.
func startOf(src packstore.Reader, id ID) (o packstore.Object, whole bool, err error) {
	h, err := packstore.ParseHash(id)
	if err != nil {
		return o, false, err
	}
	o, err = src.Object(h, packstore.MaxCommit)
	if errors.Is(err, catalog.ErrTooLarge) {
		o, err = src.Prefix(h, packstore.MaxCommit)
		return o, false, err
	}
	return o, true, err
}

// parseCommit reads a commit from its raw bytes. Only what makes it useless is an
// error; what makes it doubtful is remembered and ends its verification, because
// two programs might read it in two ways.
func parseCommit(raw []byte) (*CommitInfo, error) {
	headers, message, ended, err := splitHeaders(raw)
	if err != nil {
		return nil, err
	}
	c := &CommitInfo{Message: string(message), Trailers: trailersOf(string(message))}
	c.doubt = checkOrder(headers, raw)
	if !ended && c.doubt == nil {
		c.doubt = fmt.Errorf("%w: its headers do not end", packstore.ErrMalformed)
	}
	if len(headers) == 0 || headers[0].key != "tree" {
		return nil, fmt.Errorf("%w: it does not start with a tree", packstore.ErrMalformed)
	}
	tree, err := c.names(headers[0])
	if err != nil {
		return nil, err
	}
	c.Tree = Tree(tree)
	for i := 1; i < len(headers) && headers[i].key == "parent"; i++ {
		parent, err := c.names(headers[i])
		if err != nil {
			return nil, err
		}
		c.Parents = append(c.Parents, catalog.Commit(parent))
	}
	for _, h := range headers {
		var err error
		switch h.key {
		case "author":
			c.Author, err = readPerson(h.value)
		case "committer":
			c.Committer, err = readPerson(h.value)
		case "gpgsig":
			c.Signature = append(bytes.Clone(h.value), '\n')
			continue
		}
		if err != nil && c.doubt == nil {
			c.doubt = err
		}
		c.Payload = append(c.Payload, h.raw...)
	}
	if ended {
		c.Payload = append(append(c.Payload, '\n'), message...)
	}
	return c, nil
}

// names reads the id in a header. Git reads upper case too; such a commit cannot be
// verified.
func (c *CommitInfo) names(h header) (string, error) {
	id := strings.ToLower(string(h.value))
	if _, err := packstore.ParseHash(id); err != nil {
		return "", fmt.Errorf("%w: its %s is %.64q", packstore.ErrMalformed, h.key, h.value)
	}
	if id != string(h.value) && c.doubt == nil {
		c.doubt = fmt.Errorf("%w: an id in upper case", packstore.ErrMalformed)
	}
	return id, nil
}

// checkOrder wants the headers as Git writes them: one tree, the parents, one
// author, one committer, then others, of which at most one signature.
func checkOrder(headers []header, raw []byte) error {
	if bytes.IndexByte(raw, 0) >= 0 {
		return fmt.Errorf("%w: it holds a zero byte", packstore.ErrMalformed)
	}
	rest := headers
	for _, want := range []string{"tree", "parent", "author", "committer"} {
		n := 0
		for len(rest) > 0 && rest[0].key == want && (n == 0 || want == "parent") {
			if bytes.IndexByte(rest[0].value, '\n') >= 0 {
				return fmt.Errorf("%w: the header %q has two lines", packstore.ErrMalformed, want)
			}
			rest = rest[1:]
			n++
		}
		if n == 0 && want != "parent" {
			return fmt.Errorf("%w: no %s where it should be", packstore.ErrMalformed, want)
		}
	}
	once := map[string]bool{"tree": true, "parent": true, "author": true, "committer": true, "gpgsig-sha256": true}
	for _, h := range rest {
		if once[h.key] {
			return fmt.Errorf("%w: the header %q is one too many", packstore.ErrMalformed, h.key)
		}
		once[h.key] = h.key == "gpgsig" || h.key == "encoding"
	}
	return nil
}
