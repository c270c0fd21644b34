// Package rollout says, at the commits of the catalog's branch, how far what they brought
// has come: a commit is a success once all of it is applied and healthy everywhere it goes.
//
// In the order in which data flows:
//
//   - Landings. The newest landings are read from the ledger (report.go). What landed later
//     takes the place of earlier content of the same app.
//   - Apps. Each app that a landing changed stands somewhere on its way through the
//     environments: held, being applied, soaking, waiting, failing, or there (app.go). All of
//     that is in the ledger; no target is asked.
//   - Status. What is said of a landing's apps becomes one state, a line and a table
//     (landing.go).
//   - Report. It is shown where it differs from what was shown last (report.go). A Publisher
//     does that beside the passes, after the ledger moved (publisher.go). Forges without the
//     ability forge.Status are never asked.
package rollout
