package target

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// label is RFC 1123, section 2.1: what a catalog allows as the name of an app or
// an environment.
var label = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)

// CheckNames refuses an environment or an app whose name is no DNS label. Names
// become folders, namespaces and paths, so a target asks before it touches
// anything.
func CheckNames(environment string, apps ...string) error {
	if !label.MatchString(environment) {
		return fmt.Errorf("%w: the environment %q has no name of lower-case letters, digits and dashes", ErrPermanent, clip(environment))
	}
	for _, app := range apps {
		if !label.MatchString(app) {
			return fmt.Errorf("%w: the app %q has no name of lower-case letters, digits and dashes", ErrPermanent, clip(app))
		}
	}
	return nil
}

// Check refuses a step that contradicts itself, or that belongs nowhere.
func (s Step) Check(environment string) error {
	if err := CheckNames(environment, s.App); err != nil {
		return err
	}
	switch {
	case s.Object.App != s.App:
		return fmt.Errorf("%w: a step for %s carries the object of %q", ErrPermanent, s.App, clip(s.Object.App))
	case s.Object.Render == "":
		return fmt.Errorf("%w: the object of %s has no render digest", ErrPermanent, s.App)
	case !json.Valid(s.Object.Document):
		return fmt.Errorf("%w: the document of %s is no JSON", ErrPermanent, s.App)
	case s.Verb == Disable && !s.Object.Disabled, s.Verb == Enable && s.Object.Disabled:
		return fmt.Errorf("%w: a step to %s %s carries an object that says otherwise", ErrPermanent, s.Verb, s.App)
	}
	return nil
}
