package gitrepo

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/mirror"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/object"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/tree"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
)

// Draft is what a commit says beside its files.
type Draft struct {
	Message   string
	Author    Person
	Committer Person           // the author, if it has no name
	Parents   []catalog.Commit // after the commit that the batch continues
	Signer    *sshkey.Signer   // nil for a commit without signature
}

// Commit keeps the files as they stand in a commit, on which the batch goes on.
// Equal drafts of equal files make equal commits.
func (b *Batch) Commit(ctx context.Context, d Draft) (catalog.Commit, error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("write a commit: %w", err)
	}
	if d.Committer.Name == "" {
		d.Committer = d.Author
	}
	if err := checkText(d.Message, d.Author, d.Committer); err != nil {
		return "", fmt.Errorf("write a commit: %w", err)
	}
	root := b.root.Save(b.objects)
	if root == tree.Empty {
		b.objects.Put(plumbing.TreeObject, nil)
	}
	head := fmt.Appendf(nil, "tree %s\n", root)
	parents := d.Parents
	if b.parent != "" {
		parents = append([]catalog.Commit{b.parent}, d.Parents...)
	}
	for _, p := range parents {
		h, err := packstore.ParseHash(p)
		if err == nil && !b.objects.Has(h) {
			err = fmt.Errorf("parent %s: %w", p, ErrNotFound)
		}
		if err != nil {
			return "", fmt.Errorf("write a commit: %w", err)
		}
		head = fmt.Appendf(head, "parent %s\n", p)
	}
	head = object.AppendPerson(head, "author", d.Author)
	head = object.AppendPerson(head, "committer", d.Committer)
	body := append([]byte("\n"), ending(d.Message)...)
	if d.Signer != nil {
		sig, err := d.Signer.Sign(append(bytes.Clone(head), body...))
		if err != nil {
			return "", fmt.Errorf("write a commit: %w", err)
		}
		sig = bytes.ReplaceAll(bytes.TrimRight(sig, "\n"), []byte("\n"), []byte("\n "))
		head = fmt.Appendf(head, "gpgsig %s\n", sig)
	}
	b.parent = catalog.Commit(b.objects.Put(plumbing.CommitObject, append(head, body...)).String())
	return b.parent, nil
}

// TagDraft is what an annotated tag says.
type TagDraft struct {
	Name    string // as in refs/tags/, without the prefix
	Message string
	Tagger  Person
	Signer  *sshkey.Signer // nil for a tag without signature
}

// Tag writes an annotated tag of a commit that the mirror or the batch holds. The
// ref that points to it is made by Push.
func (b *Batch) Tag(target catalog.Commit, d TagDraft) (ID, error) {
	h, err := packstore.ParseHash(target)
	if err == nil && !b.objects.Has(h) {
		err = fmt.Errorf("commit %s: %w", target, ErrNotFound)
	}
	if err == nil && !mirror.ValidRef("refs/tags/"+d.Name) {
		err = fmt.Errorf("%w: %.200q is no name of a tag", ErrMalformed, d.Name)
	}
	if err == nil && strings.Contains("\n"+d.Message, "\n-----BEGIN ") {
		err = fmt.Errorf("%w: the message looks like a signature", ErrMalformed)
	}
	if err == nil {
		err = checkText(d.Message, d.Tagger)
	}
	if err != nil {
		return "", fmt.Errorf("write a tag: %w", err)
	}
	raw := fmt.Appendf(nil, "object %s\ntype commit\ntag %s\n", target, d.Name)
	raw = object.AppendPerson(raw, "tagger", d.Tagger)
	raw = append(append(raw, '\n'), ending(d.Message)...)
	if d.Signer != nil {
		sig, err := d.Signer.Sign(raw)
		if err != nil {
			return "", fmt.Errorf("write a tag: %w", err)
		}
		raw = append(raw, sig...)
	}
	return object.IDOf(b.objects.Put(plumbing.TagObject, raw)), nil
}

// checkText refuses what would not be read back as it was written.
func checkText(message string, people ...Person) error {
	if bytes.IndexByte([]byte(message), 0) >= 0 || len(message) > packstore.MaxCommit/2 {
		return fmt.Errorf("%w: the message holds a zero byte or is too long", ErrMalformed)
	}
	for _, p := range people {
		if p.Name == "" {
			return fmt.Errorf("%w: nobody is named", ErrMalformed)
		}
		if p.When.Before(time.Unix(0, 0)) || p.When.Year() > 9999 {
			return fmt.Errorf("%w: %.100q has no time", ErrMalformed, p.Name)
		}
	}
	return nil
}

// ending gives a message the final newline that Git's own messages have.
func ending(message string) string {
	if message == "" || message[len(message)-1] == '\n' {
		return message
	}
	return message + "\n"
}
