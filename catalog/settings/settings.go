package settings

import (
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/schema"
)

// Settings is the body of catalog.yaml.
type Settings struct {
	TimeZone     scalar.Zone                  `json:"timeZone" levee:"required" doc:"The zone in which dates begin and end."`
	Environments []Environment                `json:"environments" levee:"required,key=name,max=8" doc:"Where apps run, in the order in which content reaches them."`
	Gates        Gates                        `json:"gates" doc:"What each level of risk asks for."`
	Approvals    Approvals                    `json:"approvals" doc:"How approvals count."`
	Approvers    Approvers                    `json:"approvers" doc:"Whose approval rules ask for, beside those that gates ask for."`
	Governance   map[string][]scalar.Approver `json:"governance" levee:"max=16" doc:"Roles that approve changes to governance, by first part of the path (policies, vendors, roles.yaml); the entry default covers the rest."`
	Lifecycle    Lifecycle                    `json:"lifecycle" doc:"How long apps live, and how they end."`
	Limits       Limits                       `json:"limits" doc:"What apps may use."`
	Evidence     Evidence                     `json:"evidence" doc:"What the files beside apps must show."`
	Data         Data                         `json:"data" doc:"What apps may say of data, and what sensitive data asks for."`
	Training     Training                     `json:"training" doc:"Courses that people must have passed."`
	Regions      map[string][]scalar.Name     `json:"regions" levee:"max=4" doc:"Regions allowed for each classification; one that is not listed may run anywhere."`
	Kubernetes   *Kubernetes                  `json:"kubernetes" doc:"How apps run in clusters, where environments have targets of that kind."`
	Questions    map[scalar.Name]Question     `json:"questions" levee:"max=32" doc:"What people are asked of an app, by id; nothing where it is left out."`
	Rules        map[string]Rule              `json:"rules" levee:"max=256" doc:"Settings of single rules, by rule id."`
}

// Value is the settings as rules see them, in data.settings.
func (s *Settings) Value() map[string]any { return schema.Value(s) }

// Environment is one place apps run.
type Environment struct {
	Name     scalar.Name     `json:"name" levee:"required" doc:"The environment's name, such as production."`
	Target   scalar.Name     `json:"target" levee:"default=directory" doc:"The target that serves it, by its name in the daemon's configuration."`
	Soak     scalar.Duration `json:"soak" doc:"How long staged content runs here before it goes on to the next environment."`
	Stages   []string        `json:"stages" levee:"set,max=3,enum=prototype|approved|production" doc:"Stages of apps that run here. By default all of them in the first environment, production alone in the last, and approved and production between."`
	Strategy *Strategy       `json:"strategy" levee:"word=all" doc:"How new content comes to the replicas of apps here: all of them at once, or a share of them first and the others after a time."`
	Freezes  []Freeze        `json:"freezes" levee:"key=name,max=32" doc:"When no new content enters it by itself; not for the first environment, which content enters with the merge."`
}

// Takes reports whether an environment, by its place in the order, takes apps of a
// stage. All content enters through the first, which takes everything; and what an app
// that is retired has is taken down wherever it is.
func (s *Settings) Takes(place int, stage string) bool {
	env := s.Environments[place]
	switch {
	case place == 0 || stage == "retired":
		return true
	case len(env.Stages) > 0:
		return slices.Contains(env.Stages, stage)
	case place == len(s.Environments)-1:
		return stage == "production"
	}
	return stage != "prototype"
}

// Reach lists the environments that take apps of a stage, in order.
func (s *Settings) Reach(stage string) []Environment {
	var reach []Environment
	for i, env := range s.Environments {
		if s.Takes(i, stage) {
			reach = append(reach, env)
		}
	}
	return reach
}

// GoesToProduction reports whether apps of a stage come to the last environment, which
// is the one that people rely on.
func (s *Settings) GoesToProduction(stage string) bool {
	return stage != "retired" && s.Takes(len(s.Environments)-1, stage)
}

// Gates is what each level of risk asks for; see Settings.Gate for defaults.
type Gates struct {
	Low    *Gate `json:"low" doc:"Low risk; by default automatic and without approval."`
	Medium *Gate `json:"medium" doc:"Medium risk; by default staged, with the product owner's approval."`
	High   *Gate `json:"high" doc:"High risk; by default staged, with security's and the DPO's approval."`
}

// Gate is what must be true before content of one level of risk is published.
type Gate struct {
	Publish   string            `json:"publish" levee:"default=staged,enum=automatic|staged,weak=automatic" doc:"automatic: to all environments as soon as checks pass; staged: environment by environment."`
	Approvals []scalar.Approver `json:"approvals" levee:"set,max=8" doc:"Roles that must approve, each of them; an entry such as dpo or legal asks for one of its roles."`
}

// Publish modes of a Gate.
const (
	Automatic = "automatic"
	Staged    = "staged"
)

// Gate returns the gate of a level of risk: "low", "medium" or "high". A level
// it does not know gets the strictest gate.
func (s *Settings) Gate(level string) Gate {
	set, def := s.Gates.High, Gate{Staged, []scalar.Approver{"security", "dpo"}}
	switch level {
	case "low":
		set, def = s.Gates.Low, Gate{Automatic, nil}
	case "medium":
		set, def = s.Gates.Medium, Gate{Staged, []scalar.Approver{"product-owner"}}
	}
	if set == nil {
		return def
	}
	return *set
}

// Approvals is how approvals count.
type Approvals struct {
	Settle     scalar.Duration `json:"settle" levee:"default=60s" doc:"How long a verdict must have been readable before a review of it counts."`
	SamePerson bool            `json:"samePerson" doc:"Whether one person may give several of the approvals an app needs."`
}

// Lifecycle is how long apps live, and how they end.
type Lifecycle struct {
	TTL          scalar.Duration   `json:"ttl" levee:"default=90d" doc:"How long an app lives without renewal."`
	PrototypeTTL scalar.Duration   `json:"prototypeTTL" levee:"default=30d" doc:"The same for prototypes."`
	Notices      []scalar.Duration `json:"notices" levee:"default=30d|7d|1d,max=8" doc:"How long before expiry the owner is told."`
	Grace        scalar.Duration   `json:"grace" levee:"default=7d" doc:"How long an expired app stays up once it is due."`
	Schedule     string            `json:"schedule" levee:"default=0 9 * * *,max=64" doc:"When the scheduled reviews run, as a cron expression in the catalog's zone."`
	Channel      string            `json:"channel" levee:"max=80" doc:"Where the platform team is told what reaches nobody else, such as #platform; whoever holds the role platform where it is left out."`
	Caps         Caps              `json:"caps" doc:"How many apps may be taken down without asking again."`
	Drills       Drills            `json:"drills" doc:"How often the kill switch of an app is to be tried, by its risk."`
}

// Drills is how often kill switches are to be tried, by risk. Zero is never.
type Drills struct {
	Low    *scalar.Duration `json:"low" doc:"At low risk; never where it is left out."`
	Medium *scalar.Duration `json:"medium" doc:"At medium risk; every 90d where it is left out, and never for 0d."`
	High   *scalar.Duration `json:"high" doc:"At high risk; every 90d where it is left out, and never for 0d."`
}

// quarterly is how often a kill switch is tried where the settings do not say.
const quarterly scalar.Duration = 90 * 86400

// Of is how often at a level of risk: "low", "medium" or "high".
func (d Drills) Of(level string) scalar.Duration {
	switch level {
	case "low":
		return valueOr(d.Low, 0)
	case "medium":
		return valueOr(d.Medium, quarterly)
	}
	return valueOr(d.High, quarterly)
}

// Caps bounds destruction; zero means none at all.
type Caps struct {
	PerRun *int `json:"perRun" levee:"min=0,max=100000" doc:"Apps one run may disable; 5 where it is left out."`
	PerDay *int `json:"perDay" levee:"min=0,max=100000" doc:"Apps that may be disabled within any 24 hours; 10 where it is left out."`
}

// Run is the cap of one run.
func (c Caps) Run() int { return valueOr(c.PerRun, 5) }

// Day is the cap of any 24 hours.
func (c Caps) Day() int { return valueOr(c.PerDay, 10) }

func valueOr[T any](p *T, def T) T {
	if p == nil {
		return def
	}
	return *p
}

// Limits is what apps may use. An empty list allows nothing of its kind, except
// where its description says otherwise.
type Limits struct {
	CPU          scalar.CPU      `json:"cpu" levee:"default=1" doc:"Most processor an app may ask for."`
	Memory       scalar.Bytes    `json:"memory" levee:"default=1Gi" doc:"Most memory an app may ask for."`
	Timeout      scalar.Duration `json:"timeout" levee:"default=60m" doc:"Longest run of one request or job."`
	Concurrency  int             `json:"concurrency" levee:"default=50,min=1,max=10000" doc:"Most requests an app may run at once."`
	Registries   []string        `json:"registries" levee:"set,max=64" doc:"Container registries images may come from."`
	Languages    []string        `json:"languages" levee:"set,max=64" doc:"Languages allowed, with or without a version; none listed allows all."`
	Stores       []string        `json:"stores" levee:"set,max=16,default=vault" doc:"Secret stores allowed."`
	SecretPaths  []string        `json:"secretPaths" levee:"set,max=16,default=kv/{team}|{team}" doc:"Where an app may keep secrets without further approval: at such a place or below, with the team's name for {team} and the app's for {app}."`
	Scopes       []string        `json:"scopes" levee:"set,max=64" doc:"Scopes an app may have without further approval."`
	Elevated     []string        `json:"elevated" levee:"set,max=64,default=write-*|external-network" doc:"Scopes that make an app high risk where neither the list of scopes nor the blueprint has them; an entry that ends in a star stands for all that begin like it."`
	MaxScopes    int             `json:"maxScopes" levee:"default=2,min=0,max=32" doc:"Most scopes one app may have."`
	Models       []scalar.Name   `json:"models" levee:"set,max=64" doc:"Language models allowed."`
	Monthly      float64         `json:"monthly" levee:"default=100,min=0,max=1000000000" doc:"Monthly budget above which the cost team approves."`
	TeamMonthly  *float64        `json:"teamMonthly" levee:"min=0,max=1000000000" doc:"Most that all apps of one team may cost in a month."`
	Credential   scalar.Duration `json:"credential" levee:"default=1h" doc:"Longest life of a fetched credential."`
	Rotation     scalar.Duration `json:"rotation" levee:"default=30d" doc:"Longest time between rotations of a secret."`
	HighRotation scalar.Duration `json:"highRotation" levee:"default=7d" doc:"The same for apps with confidential or restricted data."`
	Retention    scalar.Duration `json:"retention" levee:"default=365d" doc:"Longest time sensitive data may be kept."`
	Notice       scalar.Duration `json:"notice" levee:"default=72h" doc:"Within what time a vendor of apps with data about people must have promised to tell of an incident."`
	Waiver       scalar.Duration `json:"waiver" levee:"default=365d" doc:"Longest time a waiver may still hold when it is given."`
	Session      scalar.Duration `json:"session" levee:"default=15m" doc:"Longest time a sign-in may hold before it is renewed."`
	Hosts        int             `json:"hosts" levee:"default=10,min=0,max=64" doc:"Most host names outside that one app may call."`
	Names        []string        `json:"names" levee:"set,max=32" doc:"What apps may be called, with the team's name for {team}, the blueprint's for {blueprint} and anything for a star, such as {team}-*; none listed allows all."`
	SandboxPaths []string        `json:"sandboxPaths" levee:"set,max=16" doc:"Where prototypes keep secrets, written like secretPaths; none listed allows all that secretPaths allow."`
	Telemetry    []string        `json:"telemetry" levee:"set,max=3,enum=logs|metrics|traces" doc:"What apps in production must tell about themselves; none listed asks for nothing."`
	Profiles     Profiles        `json:"profiles" doc:"Most that an app may cost in a month, by the cost profile of its blueprint."`
	Coverage     float64         `json:"coverage" levee:"default=0.5,min=0,max=1" doc:"Least share of code that tests run, in production."`
}

// Profiles is most that an app may cost in a month, by the cost profile of its blueprint.
type Profiles struct {
	Micro    *float64 `json:"micro" levee:"min=0,max=1000000000" doc:"Of a blueprint of the profile micro; no limit where it is left out."`
	Moderate *float64 `json:"moderate" levee:"min=0,max=1000000000" doc:"Of one of the profile moderate."`
	High     *float64 `json:"high" levee:"min=0,max=1000000000" doc:"Of one of the profile high."`
}

// Evidence is what the files in the folder evidence/ beside apps must show.
type Evidence struct {
	Age      EvidenceAge            `json:"age" doc:"How old a file may be, by what it is evidence of."`
	Subject  string                 `json:"subject" levee:"default=any,enum=any|version|image" doc:"What lists of parts and scans must say that they are about: the app's version, or the image it runs. One that names another image is a problem whichever it is."`
	Open     OpenFindings           `json:"open" doc:"How long vulnerabilities may be open."`
	Licences Licences               `json:"licences" doc:"Licences that the parts of apps may have."`
	Signed   []SignedEvidence       `json:"signed" levee:"max=32" doc:"What counts only if it is signed, and beside which apps; nothing where it is left out."`
	Signers  map[scalar.Name]Signer `json:"signers" levee:"max=64" doc:"Whose signatures on evidence count, by the name under which people read of them."`
	Builders []Builder              `json:"builders" levee:"max=32" doc:"What may build apps in production, by what their signed provenance says; nothing is asked where it is left out."`
}

// OpenFindings is how long vulnerabilities may be open in production after they were
// published.
type OpenFindings struct {
	WithFix    OpenWithFix    `json:"withFix" doc:"By severity, where a version without it exists."`
	WithoutFix OpenWithoutFix `json:"withoutFix" doc:"By severity, where none is known to exist."`
}

// OpenWithFix is how long by severity, where there is a fix.
type OpenWithFix struct {
	Critical scalar.Duration  `json:"critical" levee:"default=7d" doc:"CVSS 9 and more."`
	High     scalar.Duration  `json:"high" levee:"default=30d" doc:"CVSS 7 and more."`
	Unknown  scalar.Duration  `json:"unknown" levee:"default=30d" doc:"Of no severity that is known."`
	Medium   scalar.Duration  `json:"medium" levee:"default=90d" doc:"CVSS 4 and more."`
	Low      *scalar.Duration `json:"low" doc:"Less; without end where it is left out."`
}

// OpenWithoutFix is how long by severity, where there is no fix.
type OpenWithoutFix struct {
	Critical scalar.Duration  `json:"critical" levee:"default=30d" doc:"CVSS 9 and more."`
	High     scalar.Duration  `json:"high" levee:"default=90d" doc:"CVSS 7 and more."`
	Unknown  scalar.Duration  `json:"unknown" levee:"default=90d" doc:"Of no severity that is known."`
	Medium   *scalar.Duration `json:"medium" doc:"CVSS 4 and more; without end where it is left out."`
	Low      *scalar.Duration `json:"low" doc:"Less; without end where it is left out."`
}

// Licences is which licences parts may have. An entry that ends in a star stands
// for all that begin like it.
type Licences struct {
	Allowed   []string `json:"allowed" levee:"set,max=256" doc:"Licences allowed, by SPDX identifier; none listed allows all that are not forbidden."`
	Forbidden []string `json:"forbidden" levee:"set,max=256" doc:"Licences forbidden, by SPDX identifier."`
}

// EvidenceAge is how old evidence may be, by its kind.
type EvidenceAge struct {
	Findings scalar.Duration `json:"findings" levee:"default=30d" doc:"The result of a scan, since the scan ended."`
}

// Default are the settings of a catalog that says nothing.
func Default() *Settings {
	s := &Settings{}
	schema.SetDefaults(s)
	return s
}

// Location is the catalog's time zone.
func (s *Settings) Location() *time.Location {
	zone, err := time.LoadLocation(string(s.TimeZone))
	if err != nil {
		return time.UTC // only for settings that never parsed
	}
	return zone
}

// GovernanceOwners returns the roles that approve a change to a file outside
// apps/, by the longest entry of settings.governance that is the path or a
// folder of it. Where nothing is set, it is the role platform.
func (s *Settings) GovernanceOwners(path string) []scalar.Approver {
	for at := path; ; {
		if roles := s.Governance[at]; len(roles) > 0 {
			return roles
		}
		i := strings.LastIndexByte(at, '/')
		if i < 0 {
			break
		}
		at = at[:i]
	}
	if roles := s.Governance["default"]; len(roles) > 0 {
		return roles
	}
	return []scalar.Approver{"platform"}
}
