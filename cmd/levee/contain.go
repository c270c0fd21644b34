package main

import (
	"context"
	"fmt"
	"os/user"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/reconciler"
)

func quarantineCommand(std stdio) *cobra.Command {
	return containCommand(std, "quarantine APP", "Contain an app at once, in every environment", (*reconciler.Reconciler).Quarantine)
}

func releaseCommand(std stdio) *cobra.Command {
	return containCommand(std, "release APP", "End a containment; the newest admitted content comes back", (*reconciler.Reconciler).Release)
}

func containCommand(std stdio, use, short string, do func(*reconciler.Reconciler, context.Context, string, string, string) (reconciler.Contained, error)) *cobra.Command {
	var reason, by string
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(1)}
	name := configFlag(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the record")
	cmd.Flags().StringVar(&by, "by", "", "who you are; your user name by default")
	format := outputFlag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if reason == "" {
			return usagef("--reason is needed")
		}
		if by == "" {
			by = "unknown"
			if u, err := user.Current(); err == nil {
				by = u.Username
			}
		}
		s, err := openSystem(cmd.Context(), *name, std, false)
		if err != nil {
			return err
		}
		defer s.close()
		done, err := do(s.rec, cmd.Context(), args[0], reason, by)
		if *format == "json" {
			if jsonErr := writeJSON(std.out, done); jsonErr != nil {
				return jsonErr
			}
			return err
		}
		for _, env := range done.Marked {
			fmt.Fprintf(std.out, "%s: %s\n", env, map[string]string{"quarantine": "contained", "release": "released"}[cmd.Name()])
		}
		for _, trouble := range done.Trouble {
			fmt.Fprintln(std.out, trouble)
		}
		return err
	}
	return cmd
}
