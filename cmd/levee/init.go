package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"
)

// skeleton is a catalog to start from. It passes its own check.
//
//go:embed all:skeleton
var skeleton embed.FS

func initCommand(std stdio) *cobra.Command {
	var keys []string
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a catalog skeleton to start from",
		Long: `Init writes settings, roles, a blueprint, an example app, a rule of your own with
its test, and templates for CI and pre-commit. Files that exist already are left
as they are.

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
		if len(keys) == 0 && std.terminal {
			file, err := askedForKey(std)
			if err != nil {
				return err
			}
			if file != "" {
				keys = append(keys, file)
			}
		}
		people, err := keyHolders(std.out, keys)
		if err != nil {
			return err
		}
		written, kept, err := writeSkeleton(dir, std.now(), people)
		if err != nil {
			return err
		}
		out := cmd.OutOrStdout()
		for _, p := range written {
			fmt.Fprintf(out, "wrote  %s\n", p)
		}
		for _, p := range kept {
			fmt.Fprintf(out, "kept   %s\n", p)
		}
		roles := filepath.Join(dir, "roles.yaml")
		for _, p := range people {
			if slices.Contains(kept, "roles.yaml") {
				fmt.Fprintf(out, "\n%s was there before: list the key of %s in it yourself: %q\n", roles, p.id, p.key)
			} else {
				fmt.Fprintf(out, "listed the key of %s\n", p.id)
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

// born is the day that the skeleton's app is said to be first asked for. It becomes the
// day of writing, lest its time is over before it began.
const born = "2026-01-10"

// writeSkeleton copies the skeleton, never over a file that is there, and lists
// people's keys in its roles.
func writeSkeleton(dir string, now time.Time, people []keyHolder) (written, kept []string, err error) {
	root, err := fs.Sub(skeleton, "skeleton")
	if err != nil {
		return nil, nil, err
	}
	err = fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		content = bytes.ReplaceAll(content, []byte(born), []byte(now.UTC().Format(time.DateOnly)))
		if p == "roles.yaml" {
			content = withKeys(content, people)
		}
		to := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return fmt.Errorf("write the skeleton: %w", err)
		}
		f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			kept = append(kept, p)
			return nil
		}
		if err != nil {
			return fmt.Errorf("write the skeleton: %w", err)
		}
		if _, err := f.Write(content); err != nil {
			_ = f.Close()
			return fmt.Errorf("write the skeleton: %w", err)
		}
		written = append(written, p)
		return f.Close()
	})
	return written, kept, err
}
