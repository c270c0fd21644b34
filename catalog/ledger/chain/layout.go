package chain

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/scalar"
)

// The tree of the branch. No folder has more than 64 entries of ours, so that a
// record costs the same few kilobytes however many there are.
const (
	rootPath   = "state.json"
	readmePath = "README.md"
	admitted   = "admitted/"
)

// folderOf is the folder of the records of a kind.
func folderOf(kind ledger.Kind) (string, bool) {
	switch kind {
	case ledger.KindGenesis:
		return "genesis", true
	case ledger.KindKey, ledger.KindAdoption, ledger.KindApproval, ledger.KindDecision, ledger.KindAdmission, ledger.KindClaim, ledger.KindReceipt,
		ledger.KindHealth, ledger.KindNotice, ledger.KindIncident, ledger.KindTransition, ledger.KindLanding, ledger.KindClosure, ledger.KindCheckpoint:
		return string(kind) + "s", true
	}
	return "", false
}

// fan spreads subjects over 4096 folders, 16 in each.
func fan(subject string) string {
	sum := sha256.Sum256([]byte(subject))
	h := hex.EncodeToString(sum[:2])
	return h[0:1] + "/" + h[1:2] + "/" + h[2:3] + "/"
}

// ByFolder sorts names by the folders that the ledger keeps the subjects in: records of
// neighbours change fewer folders together.
func ByFolder(names []string) {
	folders := make(map[string]string, len(names))
	for _, name := range names {
		folders[name] = fan(name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(folders[a], folders[b]), cmp.Compare(a, b)) })
}

// statePath is where the state of a subject lies.
func statePath(subject string) string { return "state/" + fan(subject) + subject + ".json" }

// AdmittedPath is the folder in the ledger's tree for what is admitted of a
// subject: of an app in an environment, or of governance, whose environment is
// empty.
func AdmittedPath(environment, subject string) string {
	if subject == catalog.Governance {
		return admitted + ledger.ReservedEnvironment
	}
	return admitted + environment + "/" + fan(subject) + subject
}

// keptOf is the app that a path below admitted is of; empty where it is of none.
func keptOf(path string) string {
	parts := strings.SplitN(path, "/", 7) // admitted, environment, three of the fan, app, the rest
	if len(parts) < 6 {
		return ""
	}
	return parts[5]
}

// checkKeep refuses a path that is not below what is admitted of the subject.
func checkKeep(subject, path string) error {
	rest, ok := strings.CutPrefix(path, admitted)
	environment, _, _ := strings.Cut(rest, "/")
	switch {
	case !ok:
	case subject == catalog.Governance:
		if path == AdmittedPath("", subject) || strings.HasPrefix(path, AdmittedPath("", subject)+"/") {
			return nil
		}
	case environment != ledger.ReservedEnvironment && scalar.IsName(environment) && scalar.IsName(subject):
		at := AdmittedPath(environment, subject)
		if path == at || strings.HasPrefix(path, at+"/") {
			return nil
		}
	}
	return fmt.Errorf("%w: a record of %s cannot keep the path %.200q", ledger.ErrInvalid, subject, path)
}
