package main

import (
	"cmp"
	"context"
	"os/user"

	"github.com/spf13/cobra"
)

// actor is who runs a command that goes on record.
type actor struct {
	by  string // as they say
	key string // file of a private key, which proves it
}

func (a *actor) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.by, "by", "", "who you are, by id in roles.yaml: recorded as unproved without --key; your user name by default")
	cmd.Flags().StringVar(&a.key, "key", "", "file of your SSH key, private or public with an ssh-agent, which proves who you are")
}

// open wires a system for a command that goes on record, and says who runs it. Whoever calls it
// closes the system.
func (a *actor) open(ctx context.Context, config string, std stdio, why purpose) (*system, string, error) {
	s, err := openSystem(ctx, config, std, why)
	if err != nil {
		return nil, "", err
	}
	by, err := a.name(ctx, s)
	if err != nil {
		s.close()
		return nil, "", err
	}
	return s, by, nil
}

// name is what goes on record: a person whose key was there, or a name that anybody
// could have typed, which says so. A key that proves nothing, or somebody else, is an
// error.
func (a *actor) name(ctx context.Context, s *system) (string, error) {
	if a.key == "" {
		name := a.by
		if u, err := user.Current(); name == "" && err == nil {
			name = u.Username
		}
		return cmp.Or(name, "somebody") + " (unproved)", nil
	}
	signer, closeKey, err := personalKey(a.key)
	if err != nil {
		return "", err
	}
	defer closeKey()
	person, err := s.rec.Status.PersonOf(ctx, signer.Public())
	if err != nil {
		return "", err
	}
	if a.by != "" && a.by != string(person) {
		return "", usagef("the key %s is %s's, and not %s's", a.key, person, a.by)
	}
	return string(person), nil
}
