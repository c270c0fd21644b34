package demo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const subject = "expense-submit"

// readsPeople is an edit that handles data about people, which the product owner
// has to approve.
var readsPeople = []string{"  budget:", "  data: [{dataset: staff, access: read, purpose: show who paid, categories: [employee], retention: 30d}]\n  budget:"}

// publish is a change of the story's app by ana.
func publish(branch, message string, replace ...string) func(*Demo) error {
	return func(d *Demo) error {
		if err := d.commit("ana", "publish/"+branch, message, map[string]string{appPath(subject): appFile(subject, replace...)}); err != nil {
			return err
		}
		return d.pass(time.Minute)
	}
}

// folderActs are the story.
func folderActs() []act {
	return []act{
		{
			title: "The daemon starts: twelve apps are adopted and applied to staging and production",
			do:    func(d *Demo) error { return d.pass(time.Minute) },
			wants: []string{"create expense-submit in production: done", "24 effects"}, runs: "1.0.0",
		},
		{
			title: "Ana asks for too much memory and calls a host nobody approved: she is told what to mend",
			do:    publish("more", "More memory, and maps", "version: 1.0.0", "version: 1.1.0", "memory: 64Mi", "memory: 64Gi", "  budget:", "  egress: [maps.unknown.example]\n  budget:"),
			wants: []string{"failure", "64Gi", "maps.unknown.example"}, runs: "1.0.0",
		},
		{
			title: "Mended, nothing about it is risky: it lands and is published everywhere by itself",
			do:    publish("more", "Less memory, no maps", "version: 1.0.0", "version: 1.1.0", "memory: 64Mi", "memory: 128Mi"),
			wants: []string{"success", "landed as"}, runs: "1.1.0",
		},
		{
			title: "Next it reads data about people. That needs the product owner, who is asked by name",
			do:    publish("people", "Show who paid", append([]string{"version: 1.0.0", "version: 1.2.0", "memory: 64Mi", "memory: 128Mi"}, readsPeople...)...),
			wants: []string{"pending", "approval by product-owner", "ask ben"}, runs: "1.1.0",
		},
		{
			title: "Ana cannot approve her own work",
			do: func(d *Demo) error {
				return errors.Join(d.approve("ana", "people"), d.pass(time.Minute))
			},
			wants: []string{"the approval by ana does not count"}, runs: "1.1.0",
		},
		{
			title: "Ben approves, and at that moment Ana changes what the app may cost: his approval is not stretched over it",
			do: func(d *Demo) error {
				return errors.Join(d.approve("ben", "people"), publish("people", "And more budget", append([]string{"version: 1.0.0", "version: 1.2.0", "memory: 64Mi", "memory: 128Mi", "monthly: 5", "monthly: 90"}, readsPeople...)...)(d))
			},
			wants: []string{"pending", "the approval by ben does not count: it was given for"}, runs: "1.1.0",
		},
		{
			title: "A new title changes nothing that matters: with it Ben's approval of the rest counts. It lands in staging",
			do: func(d *Demo) error {
				return errors.Join(
					d.approve("ben", "people"),
					publish("people", "A better title", append([]string{"version: 1.0.0", "version: 1.2.0", "memory: 64Mi", "memory: 128Mi", "monthly: 5", "monthly: 90", "Expense quick submit", "Expenses, quickly"}, readsPeople...)...)(d))
			},
			wants: []string{"success", "landed as", "update expense-submit in staging: done"}, runs: "1.1.0",
		},
		{
			title: "After ten minutes in staging it goes on to production",
			do:    func(d *Demo) error { return d.pass(11 * time.Minute) },
			wants: []string{"update expense-submit in production: done"}, runs: "1.2.0",
		},
		{
			title: "Somebody edits production by hand: it is put back, on the record",
			do: func(d *Demo) error {
				err := os.WriteFile(filepath.Join(d.dir, "run", "production", "apps", subject+".json"), []byte("{}"), 0o644)
				return errors.Join(err, d.pass(time.Minute))
			},
			wants: []string{"correct expense-submit in production: done"}, runs: "1.2.0",
		},
		{
			title: "Somebody with the right to push puts write access on main, past every check: it is held and reported, and runs nowhere",
			do: func(d *Demo) error {
				err := d.commit("ana", "main", "urgent!!", map[string]string{appPath(subject): appFile(subject, append([]string{"version: 1.0.0", "version: 2.0.0", "access: {groups", "access: {scopes: [write-database], groups"}, readsPeople...)...)})
				return errors.Join(err, d.pass(time.Minute))
			},
			wants: []string{"held: expense-submit (needs-approval)"}, runs: "1.2.0",
		},
		{
			title: "At night the app leaks. One command contains it everywhere; one brings it back",
			do: func(d *Demo) error {
				err := d.levee(true, "quarantine", subject, "--reason", "leaks to the outside", "--by", "oncall")
				if got := d.runs("production", subject); got != "nothing" {
					err = errors.Join(err, fmt.Errorf("production still runs %s", got))
				}
				return errors.Join(err, d.levee(true, "release", subject, "--reason", "connector fixed", "--by", "oncall"), d.pass(time.Minute))
			},
			runs: "1.2.0",
		},
		{
			title: "Version 1.2.0 was a mistake: back to what was admitted before, decided under today's rules",
			do: func(d *Demo) error {
				return errors.Join(d.levee(true, "rollback", subject, "--reason", "wrong sums", "--by", "ben"), d.pass(time.Minute))
			},
			wants: []string{"update expense-submit in production: done"}, runs: "1.1.0",
		},
		{
			title: "Three months pass. Two apps near the end of their time, and their owner is told 30, 7 and 1 days before",
			do: func(d *Demo) error {
				return errors.Join(d.morning(time.May, 1), d.morning(time.May, 24))
			},
			wants: []string{"told eve: Find a desk ends in 7 days, on 31 May 2026", "told eve: Swap a shift ends in 7 days, on 31 May 2026"},
		},
		{
			title: "Find a desk is still needed: Eve asks for another period, and the fallback agrees. Her message is brought up to date",
			do: func(d *Demo) error {
				renewed := appFile("desk-finder", "ttl: 90d", "ttl: 90d, renewed: 2026-05-24")
				if err := d.commit("eve", "publish/renew", "Renew", map[string]string{appPath("desk-finder"): renewed}); err != nil {
					return err
				}
				return errors.Join(d.pass(time.Minute), d.levee(true, "approve", "publish/renew", "--as", "chris", "--key", filepath.Join(d.dir, "chris.key")), d.pass(time.Minute))
			},
			wants: []string{"landed as", "told eve: Find a desk goes on"},
		},
		{
			title: "Nobody asks for Swap a shift. It is due, there is a last word, and it is taken down",
			do: func(d *Demo) error {
				err := errors.Join(d.morning(time.May, 30), d.morning(time.May, 31), d.morning(time.June, 6), d.morning(time.June, 7))
				if got := d.runs("production", "shift-swap"); got != "nothing" {
					err = errors.Join(err, fmt.Errorf("production still runs shift-swap %s", got))
				}
				return err
			},
			wants: []string{"shift-swap: due → disabled", "levee release shift-swap", "disable shift-swap in production: done"},
		},
		{
			title: "A parcel has come is not needed any more: Eve retires it, and it is down the morning after next",
			do: func(d *Demo) error {
				retired := appFile("parcel-bell", "stage: production", "stage: retired", "version: 1.0.0", "version: 1.1.0")
				if err := d.commit("eve", "publish/retire", "Nobody uses it", map[string]string{appPath("parcel-bell"): retired}); err != nil {
					return err
				}
				return errors.Join(d.pass(time.Minute), d.morning(time.June, 8), d.morning(time.June, 9))
			},
			wants: []string{"parcel-bell: due → disabled", "disable parcel-bell in production: done"},
		},
		{
			title: "What comes next, if nobody does anything",
			do:    func(d *Demo) error { return d.levee(true, "due", "--horizon", "90d") },
			wants: []string{"desk-finder", "tell      eve"},
		},
		{
			title: "History of the catalog is rewritten: everything new is frozen until a person with the root key decides",
			do: func(d *Demo) error {
				tip, err := d.git("rev-parse", "main")
				if err != nil {
					return err
				}
				if _, err := d.git("update-ref", "refs/heads/main", "main~2"); err != nil {
					return err
				}
				err = d.pass(time.Minute)
				if !strings.Contains(d.last, "frozen") {
					err = errors.Join(err, errors.New("the rewrite was not noticed"))
				}
				_, undo := d.git("update-ref", "refs/heads/main", strings.TrimSpace(tip))
				return errors.Join(err, undo, d.pass(time.Minute))
			},
			runs: "1.1.0",
		},
		{
			title: "The auditor reads Git",
			do: func(d *Demo) error {
				log, err := d.git("log", "--reverse", "--format=%ad  %s", "--date=format:%d %b %H:%M", "levee/ledger", "--", "a*/*/*/*/"+subject+"/*", "i*/*/*/*/"+subject+"/*")
				d.last = log
				fmt.Fprintf(d.out, "$ git log levee/ledger -- 'a*/*/*/*/%s/*' 'i*/*/*/*/%s/*'\n%s", subject, subject, indent(log))
				return err
			},
			wants: []string{"ben approves expense-submit", "(rollback)", "Contain expense-submit"},
		},
		{
			title: "And has every signature checked, every state computed and every decision made again",
			do:    func(d *Demo) error { return d.levee(true, "audit", "verify") },
			wants: []string{"nothing found"},
		},
	}
}
