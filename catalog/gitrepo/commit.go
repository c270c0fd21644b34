package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
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

// Commit reads a commit of the mirror. Of one beyond the limit only the start is read,
// and the message is cut.
func (r *Repo) Commit(ctx context.Context, id catalog.Commit) (*CommitInfo, error) {
	return commitOf(ctx, r.store.Load(), id)
}

func commitOf(ctx context.Context, src source, id catalog.Commit) (*CommitInfo, error) {
	raw, err := rawObject(ctx, src, ID(id), plumbing.CommitObject)
	whole := !errors.Is(err, catalog.ErrTooLarge)
	if !whole {
		raw, err = startOf(src, ID(id), plumbing.CommitObject)
	}
	if err != nil {
		return nil, err
	}
	c, err := parseCommit(raw)
	if err != nil {
		return nil, fmt.Errorf("read commit %s: %w", id, err)
	}
	c.ID = id
	if !whole {
		c.doubt = fmt.Errorf("%w: a commit of more than %d MiB", catalog.ErrTooLarge, maxCommit>>20)
	}
	return c, nil
}

// startOf reads the first bytes of a commit that is too large to be held: its tree and
// its parents stand there, and so history goes on. Nothing is verified of it.
func startOf(src source, id ID, kind plumbing.ObjectType) ([]byte, error) {
	h, err := hashOf(id)
	if err != nil {
		return nil, err
	}
	o, err := src.start(h, maxCommit)
	if err != nil {
		return nil, err
	}
	if o.kind != kind {
		return nil, fmt.Errorf("read %s %s: %w: it is a %s", kind, id, ErrNotFound, o.kind)
	}
	return o.data, nil
}

// rawObject reads a commit or tag that a caller named.
func rawObject(ctx context.Context, src source, id ID, kind plumbing.ObjectType) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read %s %s: %w", kind, id, err)
	}
	h, err := hashOf(id)
	if err != nil {
		return nil, err
	}
	o, err := src.object(h, maxCommit)
	if err != nil {
		return nil, err
	}
	if o.kind != kind {
		return nil, fmt.Errorf("read %s %s: %w: it is a %s", kind, id, ErrNotFound, o.kind)
	}
	return o.data, nil
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
		c.doubt = fmt.Errorf("%w: its headers do not end", ErrMalformed)
	}
	if len(headers) == 0 || headers[0].key != "tree" {
		return nil, fmt.Errorf("%w: it does not start with a tree", ErrMalformed)
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
	if _, err := hashOf(ID(id)); err != nil {
		return "", fmt.Errorf("%w: its %s is %q", ErrMalformed, h.key, cut(string(h.value), 64))
	}
	if id != string(h.value) && c.doubt == nil {
		c.doubt = fmt.Errorf("%w: an id in upper case", ErrMalformed)
	}
	return id, nil
}

// checkOrder wants the headers as Git writes them: one tree, the parents, one
// author, one committer, then others, of which at most one signature.
func checkOrder(headers []header, raw []byte) error {
	if bytes.IndexByte(raw, 0) >= 0 {
		return fmt.Errorf("%w: it holds a zero byte", ErrMalformed)
	}
	rest := headers
	for _, want := range []string{"tree", "parent", "author", "committer"} {
		n := 0
		for len(rest) > 0 && rest[0].key == want && (n == 0 || want == "parent") {
			if bytes.IndexByte(rest[0].value, '\n') >= 0 {
				return fmt.Errorf("%w: the header %q has two lines", ErrMalformed, want)
			}
			rest = rest[1:]
			n++
		}
		if n == 0 && want != "parent" {
			return fmt.Errorf("%w: no %s where it should be", ErrMalformed, want)
		}
	}
	once := map[string]bool{"tree": true, "parent": true, "author": true, "committer": true, "gpgsig-sha256": true}
	for _, h := range rest {
		if once[h.key] {
			return fmt.Errorf("%w: the header %q is one too many", ErrMalformed, h.key)
		}
		once[h.key] = h.key == "gpgsig" || h.key == "encoding"
	}
	return nil
}
