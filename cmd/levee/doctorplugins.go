package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"k8s.io/client-go/rest"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/notifier/slack"
	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/admission"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/checkup"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/rbac"
)

// forge looks whether the forge can be used, and what it says of the credentials for it.
func (d *doctor) forge(ctx context.Context) {
	kind := d.config.Forge.Kind
	if d.repo == nil {
		d.unknown(kind, "mend the repository first", "there is no mirror to work with")
		return
	}
	f, err := newForge(forgeParts{config: d.config, repo: d.repo, signer: d.signer, log: d.std.log(), std: d.std})
	if err == nil {
		_, err = d.config.witness(f)
	}
	if err != nil {
		d.wrong(kind, "mend that in levee.yaml", "%v", err)
		return
	}
	if examine := forges[kind].examine; examine != nil {
		d.add(examine(ctx, f))
		return
	}
	d.well(kind, "it needs no more than the repository")
}

func examineGitHub(ctx context.Context, f forge.Forge) target.Check {
	check := target.Check{What: "credentials for GitHub", State: target.CheckWell}
	access, err := f.(*github.Forge).Access(ctx)
	switch {
	case errors.Is(err, forge.ErrRefused):
		check.State, check.Remedy = target.CheckWrong, "look at forge in levee.yaml, and at the App's key and installation, or the token in LEVEE_GITHUB_TOKEN"
		check.Detail = err.Error()
	case err != nil:
		check.State, check.Remedy, check.Detail = target.CheckUnknown, "try again", err.Error()
	case len(access.Missing) > 0:
		check.State, check.Remedy = target.CheckWrong, "give it these: in the settings of the App, and accepted where it is installed, or to the token"
		check.Detail = fmt.Sprintf("%s lacks %s", access.Login, strings.Join(access.Missing, ", "))
	case access.Untold != "":
		check.State, check.Remedy = target.CheckUnknown, "compare it with docs/configuration.md"
		check.Detail = fmt.Sprintf("it is %s, which may read the repository; %s", access.Login, access.Untold)
	default:
		check.Detail = fmt.Sprintf("it is %s, and may do all that is needed", access.Login)
	}
	return check
}

// notices looks whether people can be told.
func (d *doctor) notices(ctx context.Context) {
	const what = "sender"
	kind := d.config.Notices.Kind
	sender, err := newSender(d.config.Notices, d.std)
	switch {
	case err != nil:
		d.wrong(what, "mend that in levee.yaml or the environment", "%v", err)
	case sender == nil:
		d.well(what, "levee.yaml names none, so nobody is told, and no app is taken down when its time is over")
	case senders[kind].examine == nil:
		d.well(what, "%s needs nothing", kind)
	default:
		d.add(senders[kind].examine(ctx, sender))
	}
}

func examineSlack(ctx context.Context, sender notifier.Sender) target.Check {
	check := target.Check{What: "token for Slack", State: target.CheckWell}
	access, err := sender.(*slack.Sender).Access(ctx)
	switch {
	case errors.Is(err, slack.ErrToken):
		check.State, check.Remedy, check.Detail = target.CheckWrong, "give the app's bot token in "+slackToken+"; docs/slack.md says how it is made", err.Error()
	case err != nil:
		check.State, check.Remedy, check.Detail = target.CheckUnknown, "try again", err.Error()
	case len(access.Missing) > 0:
		check.State, check.Remedy = target.CheckWrong, "add them under OAuth & Permissions and install the app again; docs/slack.md says what each is for"
		check.Detail = fmt.Sprintf("%s in %s lacks the scopes %s", access.User, access.Team, strings.Join(access.Missing, ", "))
	case access.Untold:
		check.State, check.Remedy, check.Detail = target.CheckUnknown, "compare its scopes with docs/slack.md", "it works, and Slack does not say which scopes it has"
	default:
		check.Detail = fmt.Sprintf("it is %s in %s, with all scopes", access.User, access.Team)
	}
	return check
}

// examined is what of a configuration bears on one target.
type examined struct {
	config       targetConfig
	reader       string // a kubeconfig; empty for that of the target
	rights       rbac.Rights
	guard        admission.Guard
	settings     *catalog.Settings // nil where they cannot be read
	environments []string
	shares       []string // those of them in which a share of the replicas is to have new content first
	now          time.Time
}

// targets looks at each target, or the one that a flag names.
func (d *doctor) targets(ctx context.Context) {
	for _, name := range keys(d.config.Targets) {
		if only := *d.rights.targetName; only != "" && only != name {
			continue
		}
		d.about("target " + name)
		t := d.config.Targets[name]
		kind, ok := targets[t.Kind]
		if !ok {
			d.wrong("kind", "choose one of "+kinds(targets), "it is %q", t.Kind)
			continue
		}
		rights, err := d.rights.of(d.config, name)
		if err != nil {
			d.wrong("lease", "mend that in levee.yaml", "%v", err)
		}
		rights.Daemon = d.rights.user // else as whom the target is reached
		guard, err := d.guard.of(t, nil)
		if err != nil {
			d.wrong("impersonate", "name a user, or leave the environment out", "%v", err)
			continue
		}
		of := examined{config: t, reader: d.reader, rights: rights, guard: guard, settings: d.settings, now: d.std.now()}
		if d.settings != nil {
			for _, env := range d.settings.Environments {
				if string(env.Target) == name {
					of.environments = append(of.environments, string(env.Name))
					if env.Strategy != nil {
						of.shares = append(of.shares, string(env.Name))
					}
				}
			}
		}
		d.add(kind.examine(ctx, of)...)
	}
}

func examineDirectory(_ context.Context, of examined) []target.Check {
	check := target.Check{What: "folder", State: target.CheckWell, Detail: of.config.Root + " can be written to"}
	f, err := os.CreateTemp(of.config.Root, ".levee-doctor-*")
	if err != nil {
		check = target.Check{What: "folder", State: target.CheckWrong, Detail: err.Error(), Remedy: "make it, and let the daemon's user write there; or name another with root in levee.yaml"}
		return []target.Check{check}
	}
	_ = f.Close()
	_ = os.Remove(f.Name())
	checks := []target.Check{check}
	if len(of.shares) > 0 {
		checks = append(checks, target.Check{
			What: "shares of replicas", State: target.CheckWarning, Detail: fmt.Sprintf("new content of %s is applied at once: a directory has no replicas", strings.Join(of.shares, ", ")),
			Remedy: "leave `strategy` out in catalog.yaml, unless whoever runs the apps goes by it",
		})
	}
	return checks
}

func examineKubernetes(ctx context.Context, of examined) []target.Check {
	unread := func(err error) []target.Check {
		return []target.Check{{What: "kubeconfig", State: target.CheckWrong, Detail: err.Error(), Remedy: "look at kubeconfig and context of the target in levee.yaml, or at --kubeconfig"}}
	}
	config, err := kubernetes.Config(of.config.Kubeconfig, of.config.Context)
	if err != nil {
		return unread(err)
	}
	var reader *rest.Config
	if of.reader != "" {
		if reader, err = kubernetes.Config(of.reader, ""); err != nil {
			return unread(err)
		}
	}
	o := checkup.Options{
		Config: config, Reader: reader, Rights: of.rights, Guard: of.guard, Environments: of.environments, Shares: of.shares, Now: of.now, Skew: reconciler.MaxSkew,
	}
	if of.settings != nil {
		if o.Settings = of.settings.Kubernetes; o.Settings == nil {
			defaults := catalog.DefaultKubernetes()
			o.Settings = &defaults
		}
	}
	return checkup.Examine(ctx, o)
}
