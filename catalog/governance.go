package catalog

import (
	"slices"

	"github.com/levee-gitops/levee/catalog/settings"
)

// Catalog is the settings of a catalog: gates, environments, cadence, caps and
// thresholds. Rules see its spec as data.settings.
type Catalog struct {
	Metadata Metadata          `json:"metadata" levee:"required" doc:"What the catalog is called."`
	Spec     settings.Settings `json:"spec" levee:"required" doc:"How this catalog is governed."`
}

// Metadata names a governance object.
type Metadata struct {
	Name Name `json:"name" levee:"required" doc:"The object's name; the same as its file's where it has one of its own."`
}

// Roles is who is who: people, teams, roles, keys and certificates. Only the
// admitted one counts; see the policies package.
type Roles struct {
	Metadata Metadata  `json:"metadata" levee:"required" doc:"What the list is called."`
	Spec     RolesSpec `json:"spec" levee:"required" doc:"People, teams and roles."`
}

// RolesSpec is the body of roles.yaml.
type RolesSpec struct {
	People map[Name]Person      `json:"people" levee:"required,max=100000" doc:"Everyone who owns, publishes or approves, by id."`
	Teams  map[Name]Team        `json:"teams" levee:"required,max=10000" doc:"Teams, by id."`
	Roles  map[Name][]RoleGrant `json:"roles" levee:"required,max=64" doc:"Who holds each role."`
}

// Active returns the people who are listed, no bots and have not left, sorted; nobody of
// roles that cannot be read.
func (r *RolesSpec) Active(people []Name) []Name {
	var kept []Name
	for _, name := range people {
		if r == nil {
			break
		}
		if person, ok := r.People[name]; ok && !person.Bot && !person.Left {
			kept = append(kept, name)
		}
	}
	slices.Sort(kept)
	return slices.Compact(kept)
}

// Grants lists who holds a role, or any of several; of roles that cannot be read, nobody.
func (r *RolesSpec) Grants(a Approver) []RoleGrant {
	var grants []RoleGrant
	if r != nil {
		for _, role := range a.Roles() {
			grants = append(grants, r.Roles[Name(role)]...)
		}
	}
	return grants
}

// Person is one human being, or a bot that is marked as one.
type Person struct {
	Name           string          `json:"name" levee:"required,max=120" doc:"What people call them."`
	Email          string          `json:"email" levee:"max=254" doc:"Where notices go; also how the person is found in Slack."`
	GitHub         string          `json:"github" levee:"max=64" doc:"GitHub login."`
	Keys           []string        `json:"keys" levee:"max=16" doc:"SSH public keys that sign for this person, as in authorized_keys."`
	Bot            bool            `json:"bot" doc:"A bot never approves."`
	Left           bool            `json:"left" doc:"The person no longer works here: owns and approves nothing."`
	Since          Date            `json:"since" doc:"The day they began to build apps here."`
	Buddy          Name            `json:"buddy" doc:"The engineer who helps them at first, by id."`
	MFA            *bool           `json:"mfa" doc:"Whether the directory asks them for a second factor; unknown where it is left out."`
	Certifications []Certification `json:"certifications" levee:"set,key=name,max=16" doc:"Courses passed."`
}

// Certification is a course passed, until it must be taken again.
type Certification struct {
	Name  Name `json:"name" levee:"required" doc:"The course."`
	Until Date `json:"until" levee:"required" doc:"The last day it holds."`
}

// Passed reports whether a person holds a valid certificate of a course on a day.
func (p Person) Passed(course Name, today Date) bool {
	return slices.ContainsFunc(p.Certifications, func(c Certification) bool { return c.Name == course && c.Until >= today })
}

// Team is a group of people that owns apps.
type Team struct {
	Title   string   `json:"title" levee:"max=120" doc:"What people call the team."`
	Members []Name   `json:"members" levee:"set,max=10000" doc:"Its people, by id."`
	Channel string   `json:"channel" levee:"max=80" doc:"Its Slack channel."`
	Monthly *float64 `json:"monthly" levee:"min=0,max=1000000000" doc:"Most its apps may cost together in a month; settings give the default."`
}

// RoleGrant gives a role to one person, for all apps or those of some teams.
type RoleGrant struct {
	Person Name   `json:"person" levee:"required" doc:"Who holds the role, by id."`
	Teams  []Name `json:"teams" levee:"set,max=1000" doc:"Only for apps of these teams; for all where it is left out."`
}

// Blueprint is an approved template. An app that stays inside it needs fewer
// approvals.
type Blueprint struct {
	Metadata Metadata      `json:"metadata" levee:"required" doc:"The blueprint's name: its folder's."`
	Spec     BlueprintSpec `json:"spec" levee:"required" doc:"What apps built from it may be."`
}

// BlueprintSpec is the body of a blueprint.
type BlueprintSpec struct {
	Title    string   `json:"title" levee:"required,max=120" doc:"What people call it."`
	Owner    Name     `json:"owner" levee:"required" doc:"The team that keeps it."`
	Ceiling  string   `json:"ceiling" levee:"required,enum=public|internal|confidential|restricted,weak=public" doc:"Most sensitive classification it is made for."`
	Types    []string `json:"types" levee:"required,set,max=5,enum=container|function|static|scheduled|external" doc:"Runtime types it supports."`
	Regions  []Name   `json:"regions" levee:"set,max=64" doc:"Regions it may run in; all where it is left out."`
	CPU      CPU      `json:"cpu" doc:"Most processor; settings' limit where it is left out."`
	Memory   Bytes    `json:"memory" doc:"Most memory; settings' limit where it is left out."`
	Cost     string   `json:"cost" levee:"default=micro,enum=micro|moderate|high" doc:"Cost profile."`
	Scans    []string `json:"scans" levee:"set,max=16" doc:"Scans whose results apps must carry as evidence."`
	Vendors  []Name   `json:"vendors" levee:"set,max=64" doc:"Vendors approved for every app built from it."`
	Scopes   []string `json:"scopes" levee:"set,max=32" doc:"Scopes approved for every app built from it."`
	Obsolete bool     `json:"obsolete" doc:"No new app may use it."`
}

// Vendor is an approved third party.
type Vendor struct {
	Metadata Metadata   `json:"metadata" levee:"required" doc:"The vendor's name: its file's."`
	Spec     VendorSpec `json:"spec" levee:"required" doc:"What was approved, and on which terms."`
}

// VendorSpec is the body of a vendor.
type VendorSpec struct {
	Title    string   `json:"title" levee:"required,max=120" doc:"What people call it."`
	Domains  []Domain `json:"domains" levee:"required,set,max=64" doc:"Host names it is reached at."`
	Purpose  string   `json:"purpose" levee:"required,max=120" doc:"What it is approved for, in a word or two that other vendors share."`
	Scopes   []string `json:"scopes" levee:"set,max=64" doc:"Permissions apps may ask for there."`
	Ceiling  string   `json:"ceiling" levee:"default=internal,enum=public|internal|confidential|restricted,weak=public" doc:"Most sensitive data it may receive."`
	Regions  []Name   `json:"regions" levee:"set,max=64" doc:"Where it keeps data."`
	Terms    Terms    `json:"terms" doc:"What was agreed."`
	Approver Name     `json:"approver" levee:"required" doc:"Who approved it, by id in roles.yaml."`
	Review   Date     `json:"review" doc:"When it is looked at again."`
}

// Terms is what was agreed with a vendor.
type Terms struct {
	DPA            string    `json:"dpa" levee:"max=512" doc:"Link to the data processing agreement."`
	DPAUntil       Date      `json:"dpaUntil" doc:"The last day it holds."`
	Encryption     bool      `json:"encryption" doc:"Whether data is encrypted in transit and at rest."`
	PrivacyReview  Date      `json:"privacyReview" doc:"When privacy was reviewed."`
	IncidentNotice *Duration `json:"incidentNotice" doc:"How soon it tells us of an incident."`
}

// Waiver lets one app break one rule for a while.
type Waiver struct {
	Metadata Metadata   `json:"metadata" levee:"required" doc:"The waiver's id: its file's name."`
	Spec     WaiverSpec `json:"spec" levee:"required" doc:"What is waived, why and until when."`
}

// WaiverSpec is the body of a waiver.
type WaiverSpec struct {
	Rule    string `json:"rule" levee:"required,max=80,pattern=^[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)+$" like:"the id of a rule as levee explain lists it|quality.tests" doc:"The rule's id."`
	App     Name   `json:"app" levee:"required" doc:"The app."`
	Reason  string `json:"reason" levee:"required,max=500" doc:"Why the app needs it."`
	Expires Date   `json:"expires" levee:"required" doc:"The last day it holds, in the catalog's zone."`
}

// Grant is access for a person for a while.
type Grant struct {
	Metadata Metadata  `json:"metadata" levee:"required" doc:"The grant's id: its file's name."`
	Spec     GrantSpec `json:"spec" levee:"required" doc:"Who gets what, why and until when."`
}

// GrantSpec is the body of a grant.
type GrantSpec struct {
	Person  Name    `json:"person" levee:"required" doc:"Who gets it, by id in roles.yaml."`
	App     Name    `json:"app" levee:"required" doc:"The app."`
	Scope   string  `json:"scope" levee:"required,max=80" doc:"What they may do."`
	Reason  string  `json:"reason" levee:"required,max=500" doc:"Why."`
	Expires Instant `json:"expires" levee:"required" doc:"When it ends."`
}

// Retirement lets apps be taken down that are more than the caps allow. The daemon
// asks for one in a change; what it lists stays approved for that epoch.
type Retirement struct {
	Metadata Metadata       `json:"metadata" levee:"required" doc:"The retirement's id: its file's name."`
	Spec     RetirementSpec `json:"spec" levee:"required" doc:"Which apps, and why."`
}

// RetirementSpec is the body of a retirement.
type RetirementSpec struct {
	Reason string    `json:"reason" levee:"required,max=500" doc:"Why so many at once."`
	Apps   []Retired `json:"apps" levee:"required,key=app,max=10000" doc:"The apps that may be taken down."`
}

// Retired is one app of a retirement.
type Retired struct {
	App   Name   `json:"app" levee:"required" doc:"The app."`
	Epoch string `json:"epoch" levee:"required,max=200" doc:"What its time ran out for, as levee due prints it. It holds for nothing else."`
}
