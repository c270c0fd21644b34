package main

import (
	"context"

	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/check"
	"github.com/levee-gitops/levee/reconciler/check/history"
)

// checkHistory scans all that a repository ever held for secrets, by the rules at a revision.
func checkHistory(ctx context.Context, std terminal.IO, where, rev, format string) error {
	asked, repo, closeRepo, err := catalogs.OpenHistory(ctx, where, rev)
	if err != nil {
		return err
	}
	defer closeRepo()
	engine, err := system.Engine()
	if err != nil {
		return err
	}
	asked.Now = std.Now()
	scanned, err := history.Scan(ctx, repo, secretscan.New(), soFar(std, "scanned", "commits"))
	if err != nil {
		return err
	}
	report, err := check.Checker{Engine: engine}.History(ctx, asked, scanned)
	if err != nil {
		return err
	}
	if format == "json" {
		err = output.JSON(std.Out, report)
	} else {
		err = output.Past(std.Out, report, scanned.Commits)
	}
	if err != nil {
		return err
	}
	return reportExit(report, false)
}
