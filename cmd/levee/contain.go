package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/reconciler/contain"
)

func quarantineCommand(std stdio) *cobra.Command {
	return containCommand(std, "quarantine APP...", "Contain apps at once, in every environment", (*contain.Container).Quarantine)
}

func throttleCommand(std stdio) *cobra.Command {
	return containCommand(std, "throttle APP...", "Have apps that cost too much run on with less, in every environment", (*contain.Container).Throttle)
}

func releaseCommand(std stdio) *cobra.Command {
	return containCommand(std, "release APP...", "Bring back apps that were contained, or taken down when their time was over; end the throttle of others", (*contain.Container).Release)
}

func containCommand(std stdio, use, short string, do func(*contain.Container, context.Context, string, string, string) (contain.Contained, error)) *cobra.Command {
	var reason string
	var who actor
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.MinimumNArgs(1)}
	name := configFlag(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the record")
	who.flags(cmd)
	format := outputFlag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if reason == "" {
			return usagef("--reason is needed")
		}
		s, by, err := who.open(cmd.Context(), *name, std, containing)
		if err != nil {
			return err
		}
		defer s.close()
		done, failed := []contain.Contained{}, error(nil)
		for _, app := range args {
			one, err := do(s.rec.Contain, cmd.Context(), app, reason, by)
			done, failed = append(done, one), errors.Join(failed, err)
		}
		if *format == "json" {
			return errors.Join(writeJSON(std.out, done), failed)
		}
		word := map[string]string{"quarantine": "contained", "throttle": "throttled", "release": "released"}[cmd.Name()]
		for _, one := range done {
			writeContained(std, one, word)
		}
		return failed
	}
	return cmd
}

func writeContained(std stdio, c contain.Contained, word string) {
	if c.Unthrottled {
		word = "is no longer throttled, and the daemon brings back the rest"
	}
	for _, env := range c.Marked {
		fmt.Fprintf(std.out, "%s: %s %s%s\n", env, c.App, word, backWords(c.Back, env))
	}
	switch {
	case len(c.Marked) > 0 || !c.Recorded:
	case word == "contained" || word == "throttled":
		fmt.Fprintf(std.out, "%s is NOT %s anywhere yet; that it shall be is recorded, and the daemon tries again\n", c.App, word)
	default:
		fmt.Fprintf(std.out, "%s %s; the daemon brings it up with its next pass\n", c.App, word)
	}
	for _, trouble := range c.Trouble {
		fmt.Fprintln(std.out, trouble)
	}
	if c.Throttled != "" {
		fmt.Fprintf(std.out, "%s comes back throttled (by %s); `levee release %s` once more ends that\n", c.App, c.Throttled, c.App)
	}
	for _, one := range c.Back {
		if newest := c.Back[0].Digest; one.Contained && one.Digest != newest {
			fmt.Fprintf(std.out, "%s runs what was contained until %s comes there; `levee status %s` says when. Contain it again if that cannot wait.\n", one.Environment, newest.Short(), c.App)
		}
	}
}

// backWords say with what content an app comes back in an environment; empty where it is
// contained.
func backWords(list []contain.Back, environment string) string {
	for _, one := range list {
		switch {
		case one.Environment != environment:
		case one.Contained:
			return "; it comes back as it was contained, " + one.Digest.Short()
		default:
			return "; it comes back as " + one.Digest.Short()
		}
	}
	return ""
}
