package object

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
)

// TagInfo is what is written in an annotated tag.
type TagInfo struct {
	ID       ID
	Name     string
	Target   ID
	Kind     string // "commit", "tree", "blob" or "tag": what the target is said to be
	Tagger   Person
	Message  string // without the signature
	Trailers []Trailer

	signed
}

func TagOf(ctx context.Context, src packstore.Reader, id ID) (*TagInfo, error) {
	raw, whole, err := rawObject(ctx, src, id, plumbing.TagObject)
	if err == nil && !whole {
		err = fmt.Errorf("read tag %s: %w", id, catalog.ErrTooLarge)
	}
	if err != nil {
		return nil, err
	}
	t, err := parseTag(raw)
	if err != nil {
		return nil, fmt.Errorf("read tag %s: %w", id, err)
	}
	t.ID = id
	return t, nil
}

// parseTag reads a tag from its raw bytes, see parseCommit.
func parseTag(raw []byte) (*TagInfo, error) {
	headers, body, ended, err := splitHeaders(raw)
	if err != nil {
		return nil, err
	}
	if !ended {
		return nil, fmt.Errorf("%w: its headers do not end", packstore.ErrMalformed)
	}
	var keys []string
	for _, h := range headers {
		keys = append(keys, h.key)
	}
	if len(keys) < 3 || !slices.Equal(keys[:3], []string{"object", "type", "tag"}) {
		return nil, fmt.Errorf("%w: its headers are %.120q", packstore.ErrMalformed, strings.Join(keys, " "))
	}
	if _, err := packstore.ParseHash(string(headers[0].value)); err != nil {
		return nil, fmt.Errorf("%w: its target is %.64q", packstore.ErrMalformed, headers[0].value)
	}
	t := &TagInfo{Target: ID(headers[0].value), Kind: string(headers[1].value), Name: string(headers[2].value)}
	if !slices.Equal(keys[3:], []string{"tagger"}) {
		t.doubt = fmt.Errorf("%w: its headers are %.120q", packstore.ErrMalformed, strings.Join(keys, " "))
	} else if t.Tagger, err = readPerson(headers[3].value); err != nil {
		t.doubt = err
	}
	for _, h := range headers {
		if bytes.IndexByte(h.value, '\n') >= 0 {
			t.doubt = fmt.Errorf("%w: the header %q has two lines", packstore.ErrMalformed, h.key)
		}
	}
	if bytes.IndexByte(raw, 0) >= 0 {
		t.doubt = fmt.Errorf("%w: it holds a zero byte", packstore.ErrMalformed)
	}
	t.splitSignature(raw, body)
	t.Trailers = trailersOf(t.Message)
	return t, nil
}

// splitSignature takes the signature off the end of the message. Git looks for the
// last one; with more than one a reader might see another text than was signed.
func (t *TagInfo) splitSignature(raw, body []byte) {
	t.Message, t.Payload = string(body), bytes.Clone(raw)
	starts := 0
	for pos := 0; pos < len(body); {
		line, _, _ := bytes.Cut(body[pos:], []byte("\n"))
		if bytes.HasPrefix(line, []byte("-----BEGIN ")) {
			starts++
			t.Message = string(body[:pos])
			t.Signature = bytes.Clone(body[pos:])
			t.Payload = bytes.Clone(raw[:len(raw)-len(body)+pos])
		}
		pos += len(line) + 1
	}
	if starts > 1 && t.doubt == nil {
		t.doubt = fmt.Errorf("%w: it holds %d signatures", packstore.ErrMalformed, starts)
	}
}

// Peel follows annotated tags to the commit behind an id.
func Peel(ctx context.Context, src packstore.Reader, id ID) (catalog.Commit, error) {
	next := id
	for range 8 {
		o, _, err := startOf(src, next)
		if err != nil {
			return "", err
		}
		switch o.Kind {
		case plumbing.CommitObject:
			return catalog.Commit(next), nil
		case plumbing.TagObject:
			t, err := TagOf(ctx, src, next)
			if err != nil {
				return "", err
			}
			next = t.Target
		default:
			return "", fmt.Errorf("peel %s: %w: it leads to a %s", id, packstore.ErrNotFound, o.Kind)
		}
	}
	return "", fmt.Errorf("peel %s: %w: too many tags of tags", id, packstore.ErrMalformed)
}
