package chart

import (
	"fmt"
	"maps"
	"slices"
	"text/template"
)

// functions take the place of functions of Helm's that would give another result another
// time: those that fail, and those that list in no order.
var functions = func() template.FuncMap {
	own := template.FuncMap{"keys": keys, "values": values}
	for why, names := range impure {
		for _, name := range names {
			own[name] = func(...any) (string, error) {
				return "", fmt.Errorf("%s may not be used, since it %s", name, why)
			}
		}
	}
	return own
}()

// impure are the functions that fail, by why.
var impure = map[string][]string{
	"tells the time": {"now", "ago", "date", "dateInZone", "date_in_zone", "htmlDate", "htmlDateInZone", "durationRound"},
	"draws by lot": {
		"randAlphaNum", "randAlpha", "randAscii", "randNumeric", "randBytes", "randInt", "shuffle", "uuidv4",
		"genPrivateKey", "genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey",
		"bcrypt", "htpasswd", "encryptAES",
	},
	"looks outside of the chart": {"getHostByName", "lookup", "env", "expandenv"},
}

// keys lists the names in objects, sorted.
func keys(objects ...map[string]any) []string {
	list := []string{}
	for _, object := range objects {
		list = append(list, slices.Sorted(maps.Keys(object))...)
	}
	return list
}

// values lists what is in an object, in the order of its names.
func values(object map[string]any) []any {
	list := []any{}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		list = append(list, object[name])
	}
	return list
}
