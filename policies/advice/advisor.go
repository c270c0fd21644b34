package advice

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/settings"
)

// Advisor looks up values that could stand in a file of a catalog: names that exist there,
// and dates that pass. They go into remedies; no verdict depends on them.
type Advisor struct {
	staff      staff
	vendors    vendors
	dataSets   dataSets
	blueprints blueprints
	apps       apps
	settings   *settings.Settings
	today      catalog.Date
}

// New makes the advisor of one judgement: on files of proposed, with what exists in governing
// and under its settings, which may be nil, on one day.
func New(governing, proposed *catalog.Snapshot, set *settings.Settings, today catalog.Date) Advisor {
	if set == nil {
		set = &settings.Settings{}
	}
	return Advisor{
		staff: newStaff(governing, set, today), vendors: vendors{governing}, dataSets: dataSets{governing},
		blueprints: blueprints{governing}, apps: apps{proposed},
		settings: set, today: today,
	}
}

// For makes the advisor of a catalog as it stands.
func For(s *catalog.Snapshot, now time.Time) Advisor {
	zone := time.UTC
	if settings := s.Settings(); settings != nil {
		zone = settings.Location()
	}
	return New(s, s, s.Settings(), scalar.DateOf(now, zone))
}

// closest is the known name most similar to a word; empty if none is similar, or if the word
// is known.
func closest(word string, known []string) string {
	slices.Sort(known)
	if meant := guess.Closest(strings.ReplaceAll(word, " ", "-"), known); meant != word {
		return meant
	}
	return ""
}

// secretPath is a path that belongs to the app, for one of its secrets.
func (a Advisor) secretPath(app *catalog.App, secret string) string {
	if app == nil || len(a.settings.Limits.SecretPaths) == 0 {
		return ""
	}
	place := strings.NewReplacer("{team}", string(app.Spec.Owner.Team), "{app}", string(app.Metadata.Name)).Replace(a.settings.Limits.SecretPaths[0])
	return place + "/" + strings.ReplaceAll(strings.ToLower(cmp.Or(secret, "key")), "_", "-")
}

func (a Advisor) ttlFor(app *catalog.App) string {
	if app != nil && app.Spec.Lifecycle.Stage == "prototype" {
		return a.settings.Lifecycle.PrototypeTTL.String()
	}
	return a.settings.Lifecycle.TTL.String()
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func without(list []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == one })
}
