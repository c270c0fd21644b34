package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/keys"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/forge/plaingit"
)

func approveCommand(std terminal.IO) *cobra.Command {
	return reviewCommand(std, catalog.Approve, "approve CHANGE", "Approve a change by a signed tag (plaingit)")
}

func rejectCommand(std terminal.IO) *cobra.Command {
	return reviewCommand(std, catalog.Reject, "reject CHANGE", "Reject a change, or withdraw an approval, by a signed tag (plaingit)")
}

// reviewCommand signs what the change says now: the digest of every app it
// touches, so that there is no doubt what the review is about.
func reviewCommand(std terminal.IO, verdict catalog.Review, use, short string) *cobra.Command {
	var person, key, text string
	var yes bool
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Long: short + `.

It shows what the change makes different and, on a terminal, asks before it signs. The
tag names the content of each app as it is judged now; later content is not covered.
Sign with the SSH key that roles.yaml lists for you: the key says who you are. The same
can be done with plain Git: git tag -s, see docs/plaingit.md.`,
		Args: cobra.ExactArgs(1),
	}
	name := config.Flag(cmd)
	cmd.Flags().StringVar(&person, "as", "", "who you are, by id in roles.yaml; whose the key is by default")
	cmd.Flags().StringVar(&key, "key", "", "file of your SSH key, private or public; by default the one that git signs with, else ~/.ssh/id_ed25519")
	cmd.Flags().StringVarP(&text, "message", "m", "", "what you want to say")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := system.Open(cmd.Context(), *name, std, kinds, system.Reading)
		if err != nil {
			return err
		}
		defer s.Close()
		signer, closeKey, err := keys.Personal(key)
		if err != nil {
			return err
		}
		defer closeKey()
		preview, err := s.Rec.Reviews.Preview(cmd.Context(), args[0])
		if err != nil {
			return notOpen(cmd.Context(), s, args[0], err)
		}
		whose, err := s.Rec.Status.PersonOf(cmd.Context(), signer.Public())
		if err != nil {
			return err
		}
		if person != "" && person != string(whose) {
			return exit.Usagef("the key %s is %s's, and not %s's", signer.Public().Fingerprint(), whose, person)
		}
		review := plaingit.Review{Change: args[0], Verdict: verdict, Digests: map[string]catalog.Digest{}, Text: text}
		for _, d := range preview.Decisions {
			if d.Digest == "" {
				return exit.No(fmt.Sprintf("%s is not valid yet: there is nothing to review; `levee status %s` says why", d.Subject, args[0]))
			}
			review.Digests[d.Subject] = d.Digest
		}
		fmt.Fprintf(std.Out, "%s: %s\n\n%s\n", preview.Change, preview.Title, preview.Meaning)
		if !yes && std.Terminal {
			agreed, err := std.Ask(fmt.Sprintf("Sign as %s that you %s this? [y/N] ", whose, verdict))
			if err != nil {
				return err
			}
			if !agreed {
				return exit.No("nothing was signed")
			}
		}
		signed, err := plaingit.Sign(cmd.Context(), s.Repo, plaingit.Reviewer{
			Person: whose, Signer: signer, As: gitrepo.Person{Name: string(whose), Email: string(whose) + "@localhost", When: std.Now()},
		}, preview.Head, review)
		if err != nil {
			return err
		}
		for _, d := range preview.Decisions {
			fmt.Fprintf(std.Out, "%s %s %s\n", verdict, d.Subject, d.Digest.Short())
		}
		fmt.Fprintf(std.Out, "published as %s\n", signed.Tag)
		return nil
	}
	return cmd
}
