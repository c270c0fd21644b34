package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/skeleton"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

func initCommand(std terminal.IO) *cobra.Command {
	var keys []string
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a catalog skeleton to start from",
		Long: `Init writes settings, roles, a blueprint, an example app, a rule of your own with
its test, templates for CI and pre-commit, and the schemas by which editors know the
fields of each file. Files that exist already are left as they are, except for schemas.

People publish and approve with SSH keys. --key FILE lists yours, --key PERSON=FILE
that of somebody else; a file that is not there is made, with a new key. Of a key that
lies in an ssh-agent, name the file of the public key. Where no --key is given, a
terminal is asked for yours.`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.Flags().StringArrayVar(&keys, "key", nil, "file of an SSH key, yours or PERSON=FILE; may be given more than once")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		dir := "."
		if len(args) == 1 {
			dir = args[0]
		}
		if len(keys) == 0 && std.Terminal {
			file, err := skeleton.AskForKey(std)
			if err != nil {
				return err
			}
			if file != "" {
				keys = append(keys, file)
			}
		}
		people, err := skeleton.KeyHolders(std.Out, keys)
		if err != nil {
			return err
		}
		written, kept, err := skeleton.Write(dir, std.Now(), people)
		if err != nil {
			return err
		}
		if err := output.Schemas(filepath.Join(dir, "schemas"), schemas()); err != nil {
			return err
		}
		out := cmd.OutOrStdout()
		for _, p := range append(written, "schemas/") {
			fmt.Fprintf(out, "wrote  %s\n", p)
		}
		for _, p := range kept {
			fmt.Fprintf(out, "kept   %s\n", p)
		}
		roles := filepath.Join(dir, "roles.yaml")
		for _, p := range people {
			if slices.Contains(kept, "roles.yaml") {
				fmt.Fprintf(out, "\n%s was there before: list the key of %s in it yourself: %q\n", roles, p.ID, p.Key)
			} else {
				fmt.Fprintf(out, "listed the key of %s\n", p.ID)
			}
		}
		if len(people) == 0 {
			fmt.Fprintf(out, "\nNobody has a key yet, so nobody can publish or approve: list keys in %s, or begin again with --key.\n", roles)
		}
		fmt.Fprintf(out, "\nNext: put your people into %s, then run `levee check %s`.\n", roles, dir)
		return nil
	}
	return cmd
}
