package main

import (
	"context"

	"github.com/levee-gitops/levee/catalog"
)

func openCatalogs(ctx context.Context, where, rev, base string) (proposed, admitted *catalog.Snapshot, err error) {
	proposed, err = openFolder(ctx, where)
	return proposed, nil, err
}
