package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/forge/plaingit"
)

func approveCommand(std stdio) *cobra.Command {
	return reviewCommand(std, catalog.Approve, "approve CHANGE", "Approve a change by a signed tag (plaingit)")
}

func rejectCommand(std stdio) *cobra.Command {
	return reviewCommand(std, catalog.Reject, "reject CHANGE", "Reject a change, or withdraw an approval, by a signed tag (plaingit)")
}

// reviewCommand signs what the change says now: the digest of every app it
// touches, so that there is no doubt what the review is about.
func reviewCommand(std stdio, verdict catalog.Review, use, short string) *cobra.Command {
	var person, key, text string
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Long: short + `.

The tag names the content of each app as it is judged now; later content is not
covered. Sign with the SSH key that roles.yaml lists for you. The same can be done
with plain Git: git tag -s, see docs/plaingit.md.`,
		Args: cobra.ExactArgs(1),
	}
	name := configFlag(cmd)
	cmd.Flags().StringVar(&person, "as", "", "who you are, by id in roles.yaml")
	cmd.Flags().StringVar(&key, "key", os.ExpandEnv("$HOME/.ssh/id_ed25519"), "file of your private SSH key")
	cmd.Flags().StringVarP(&text, "message", "m", "", "what you want to say")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if person == "" {
			return usagef("--as is needed: your id in roles.yaml")
		}
		s, err := openSystem(cmd.Context(), *name, std, reading)
		if err != nil {
			return err
		}
		defer s.close()
		signer, err := gitrepo.LoadSigner(key, passphrase())
		if err != nil {
			return fmt.Errorf("read your key: %w", err)
		}
		change, err := s.rec.Preview(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		review := plaingit.Review{Change: args[0], Verdict: verdict, Digests: map[string]catalog.Digest{}, Text: text}
		for _, d := range change.Decisions {
			if d.Digest == "" {
				return saysNo(fmt.Sprintf("%s is not valid yet: there is nothing to review", d.Subject))
			}
			review.Digests[d.Subject] = d.Digest
		}
		signed, err := plaingit.Sign(cmd.Context(), s.repo, plaingit.Reviewer{
			Person: catalog.Name(person), Signer: signer, As: gitrepo.Person{Name: person, Email: person + "@localhost", When: std.now()},
		}, change.Head, review)
		if err != nil {
			return err
		}
		for _, d := range change.Decisions {
			fmt.Fprintf(std.out, "%s %s %s\n", verdict, d.Subject, d.Digest.Short())
		}
		fmt.Fprintf(std.out, "published as %s\n", signed.Tag)
		return nil
	}
	return cmd
}
