package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
)

// skeleton is a catalog to start from. It passes its own check.
//
//go:embed all:skeleton
var skeleton embed.FS

func initCommand(std stdio) *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a catalog skeleton to start from",
		Long: `Init writes settings, roles, a blueprint, an example app, a rule of your own with
its test, and templates for CI and pre-commit. Files that exist already are left
as they are.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			written, kept, err := writeSkeleton(dir, std.now())
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
			fmt.Fprintf(out, "\nNext: put your people into %s, then run `levee check %s`.\n", filepath.Join(dir, "roles.yaml"), dir)
			return nil
		},
	}
}

// born is the day that the skeleton's app is said to be first asked for. It becomes the
// day of writing, lest its time is over before it began.
const born = "2026-01-10"

// writeSkeleton copies the skeleton, never over a file that is there.
func writeSkeleton(dir string, now time.Time) (written, kept []string, err error) {
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
