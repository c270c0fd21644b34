package upgrade

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// lines merges what the author changed in a file and what the blueprint changed, by the lines, as git does.
// Where both changed the same lines, both stand in the result between marks.
func (m merger) lines(ctx context.Context, before, own, now []byte) (merged []byte, outcome Outcome, err error) {
	dir, err := os.MkdirTemp("", "levee-upgrade-")
	if err != nil {
		return nil, "", err
	}
	defer os.RemoveAll(dir)
	names := []string{"own", "before", "now"}
	for i, content := range [][]byte{own, before, now} {
		if err := os.WriteFile(filepath.Join(dir, names[i]), content, 0o600); err != nil {
			return nil, "", err
		}
	}
	var said strings.Builder
	merge := exec.CommandContext(ctx, "git", "merge-file", "-p", "-L", "yours", "-L", m.from, "-L", m.to, names[0], names[1], names[2])
	merge.Dir, merge.Stderr = dir, &said
	merged, err = merge.Output()
	var ended *exec.ExitError
	switch {
	case err == nil:
		return merged, Merged, nil
	case errors.As(err, &ended) && ended.ExitCode() > 0 && ended.ExitCode() < 128: // the number of conflicts
		return merged, Conflicting, nil
	}
	return nil, "", fmt.Errorf("ask git to merge: %w: %s", err, strings.TrimSpace(said.String()))
}
