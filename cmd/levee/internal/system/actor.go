package system

import (
	"cmp"
	"context"
	"os/user"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/keys"
	"github.com/levee-gitops/levee/cmd/levee/internal/plugins"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// Actor is who runs a command that goes on record.
type Actor struct {
	by  string // as they say
	key string // file of a private key, which proves it
}

// Flags adds the flags by which somebody says, or proves, who they are.
func (a *Actor) Flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.by, "by", "", "who you are, by id in roles.yaml: recorded as unproved without --key; your user name by default")
	cmd.Flags().StringVar(&a.key, "key", "", "file of your SSH key, private or public with an ssh-agent, which proves who you are")
}

// Open wires a system for a command that goes on record, and says who runs it. Whoever calls it
// closes the system.
func (a *Actor) Open(ctx context.Context, config string, std terminal.IO, kinds plugins.Kinds, why Purpose) (*System, string, error) {
	s, err := Open(ctx, config, std, kinds, why)
	if err != nil {
		return nil, "", err
	}
	by, err := a.name(ctx, s)
	if err != nil {
		s.Close()
		return nil, "", err
	}
	return s, by, nil
}

// name is what goes on record: a person whose key was there, or a name that anybody
// could have typed, which says so. A key that proves nothing, or somebody else, is an
// error.
func (a *Actor) name(ctx context.Context, s *System) (string, error) {
	if a.key == "" {
		name := a.by
		if u, err := user.Current(); name == "" && err == nil {
			name = u.Username
		}
		return cmp.Or(name, "somebody") + " (unproved)", nil
	}
	signer, closeKey, err := keys.Personal(a.key)
	if err != nil {
		return "", err
	}
	defer closeKey()
	person, err := s.Rec.Status.PersonOf(ctx, signer.Public())
	if err != nil {
		return "", err
	}
	if a.by != "" && a.by != string(person) {
		return "", exit.Usagef("the key %s is %s's, and not %s's", a.key, person, a.by)
	}
	return string(person), nil
}
