package policies

import (
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
)

// teamRole is the role that every member of a team holds.
func teamRole(team catalog.Name) string { return "team:" + string(team) }

// secretPlace says to whom the path of a secret belongs.
type secretPlace struct {
	own     bool
	team    catalog.Name // to which the path belongs by the settings; empty if to none
	sandbox bool         // whether it lies where prototypes keep secrets
}

// secretPlaces returns to whom the paths of an app's secrets belong, by name of the secret.
func secretPlaces(settings *settings.Settings, roles *catalog.RolesSpec, app *catalog.App) map[string]secretPlace {
	places := map[string]secretPlace{}
	for _, s := range app.Spec.Secrets {
		place := placeOf(settings.Limits.SecretPaths, roles, app, s.Path)
		place.sandbox = placeOf(settings.Limits.SandboxPaths, roles, app, s.Path).own
		places[string(s.Name)] = place
	}
	return places
}

func placeOf(templates []string, roles *catalog.RolesSpec, app *catalog.App, path string) (place secretPlace) {
	steps := strings.Split(path, "/")
	for _, template := range templates {
		parts := strings.Split(template, "/")
		if len(parts) > len(steps) {
			continue
		}
		fits, own, team := true, true, catalog.Name("")
		for i, part := range parts {
			switch part {
			case "{team}":
				team = catalog.Name(steps[i])
				own = own && team == app.Spec.Owner.Team
			case "{app}":
				own = own && steps[i] == string(app.Metadata.Name)
			default:
				fits = fits && part == steps[i]
			}
		}
		switch {
		case !fits:
		case own:
			return secretPlace{own: true, team: team}
		case roles != nil && place.team == "":
			if _, ok := roles.Teams[team]; ok {
				place.team = team
			}
		}
	}
	return place
}

// placeValues are the places in the input of rules.
func placeValues(places map[string]secretPlace) map[string]any {
	values := map[string]any{}
	for name, p := range places {
		values[name] = map[string]any{"own": p.own, "team": string(p.team), "sandbox": p.sandbox}
	}
	return values
}

// teamsAsked lists the other teams to which paths of an app's secrets belong.
func teamsAsked(places map[string]secretPlace) []catalog.Name {
	var teams []catalog.Name
	for _, p := range places {
		if !p.own && p.team != "" {
			teams = append(teams, p.team)
		}
	}
	slices.Sort(teams)
	return slices.Compact(teams)
}
