package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/levee-gitops/levee/catalog"
)

// The tree of the branch. No folder has more than 64 entries of ours, so that a
// record costs the same few kilobytes however many there are.
const (
	rootPath   = "state.json"
	readmePath = "README.md"
	admitted   = "admitted/"
	governance = "governance"
)

// folderOf is the folder of the records of a kind.
func folderOf(kind Kind) (string, bool) {
	switch kind {
	case KindGenesis:
		return "genesis", true
	case KindKey, KindAdoption, KindApproval, KindDecision, KindAdmission, KindClaim, KindReceipt,
		KindHealth, KindNotice, KindIncident, KindTransition, KindLanding, KindClosure, KindCheckpoint:
		return string(kind) + "s", true
	}
	return "", false
}

// nameExpr is what apps and environments may be called.
var nameExpr = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)

// checkSubject refuses what can be no subject, and so no part of a path.
func checkSubject(subject string) error {
	if subject == catalog.Governance || subject == catalog.Strays || subject == SubjectLedger || nameExpr.MatchString(subject) {
		return nil
	}
	return fmt.Errorf("%w: %.80q is neither an app, nor %s, nor %s, nor %s", ErrInvalid, subject, catalog.Governance, catalog.Strays, SubjectLedger)
}

// fan spreads subjects over 4096 folders, 16 in each.
func fan(subject string) string {
	sum := sha256.Sum256([]byte(subject))
	h := hex.EncodeToString(sum[:2])
	return h[0:1] + "/" + h[1:2] + "/" + h[2:3] + "/"
}

// statePath is where the state of a subject lies.
func statePath(subject string) string { return "state/" + fan(subject) + subject + ".json" }

// AdmittedPath is the folder in the ledger's tree for what is admitted of a
// subject: of an app in an environment, or of governance, whose environment is
// empty.
func AdmittedPath(environment, subject string) string {
	if subject == catalog.Governance {
		return admitted + governance
	}
	return admitted + environment + "/" + fan(subject) + subject
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
	case environment != governance && nameExpr.MatchString(environment) && nameExpr.MatchString(subject):
		at := AdmittedPath(environment, subject)
		if path == at || strings.HasPrefix(path, at+"/") {
			return nil
		}
	}
	return fmt.Errorf("%w: a record of %s cannot keep the path %.200q", ErrInvalid, subject, path)
}
