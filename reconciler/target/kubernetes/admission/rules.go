package admission

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
)

// others are the conditions under which a policy is evaluated at all: who asks is none of those
// that may write. They come first, and read nothing of what is written.
func (g Guard) others() []any {
	return []any{
		map[string]any{"name": "no-user-who-may-write", "expression": "!(request.userInfo.username in " + list(g.users()) + ")"},
		map[string]any{"name": "no-group-that-may-write", "expression": "!has(request.userInfo.groups) ||\n!request.userInfo.groups.exists(group, group in " + list(g.groups()) + ")"},
	}
}

// variables are what validations and their messages speak of. They are evaluated where they are
// used, and not before.
func (g Guard) variables() []any {
	var all []any
	for _, v := range [][2]string{
		{"subject", "object != null ? object : oldObject"},
		{"listed", g.listed("object")},
		{"wasListed", g.listed("oldObject")},
		{"what", `request.resource.resource + (request.?subResource.orValue("") == "" ? "" : "/" + request.subResource) + " " +
(request.?namespace.orValue("") == "" || request.resource.resource == "namespaces" ? "" : request.namespace + "/") +
request.?name.orValue("")`},
		{"who", `request.userInfo.username + " is not to " +
request.operation.lowerAscii() + " it"`},
		{"app", fmt.Sprintf("variables.subject.?metadata.?labels[?%[1]q].orValue(\nnamespaceObject == null ? \"APP\" : namespaceObject.?metadata.?labels[?%[1]q].orValue(\"APP\"))", manifests.LabelApp)},
	} {
		all = append(all, map[string]any{"name": v[0], "expression": v[1]})
	}
	return all
}

// listed reports whether a variable, which may be null, is an object with the inventory's label.
func (g Guard) listed(variable string) string {
	return fmt.Sprintf("%[1]s != null &&\n%[1]s.?metadata.?labels[?%[2]q].orValue(\"\") == %[3]q", variable, manifests.LabelInventory, g.Inventory)
}

// mayWrite is what somebody else may write of what Levee runs: the status, by whichever
// controller makes it true, and the finalizers of what is being deleted, by whoever put them
// there. Neither may touch what the object is known and removed by. The status of some kinds
// takes labels along.
func (g Guard) mayWrite() map[string]any {
	const status = `request.operation == "UPDATE" && request.?subResource.orValue("") == "status" &&
object.metadata.?finalizers == oldObject.metadata.?finalizers`
	const letGo = `request.operation == "UPDATE" && has(oldObject.metadata.deletionTimestamp) &&
object.all(field, field in ["metadata", "status"] || field in oldObject && object[field] == oldObject[field]) &&
oldObject.all(field, field in object)`
	const known = `object.metadata.?labels == oldObject.metadata.?labels &&
object.metadata.?annotations == oldObject.metadata.?annotations &&
object.metadata.?ownerReferences == oldObject.metadata.?ownerReferences`
	return validation("("+status+" ||\n"+letGo+") &&\n"+known, fmt.Sprintf(`variables.listed && !variables.wasListed ?
variables.what + " has the label %s=%s, which only Levee puts on: " + variables.who + ". Leave the label out." :
variables.what + " belongs to Levee, whose inventories lie in %[2]s: " + variables.who`, manifests.LabelInventory, g.Inventory)+
		g.remedy("Change it by a pull request to the catalog. "))
}

// isListed is what the policy of unlisted objects asks for: whose label the object has, or had,
// is for the other policy to say.
func (g Guard) isListed() map[string]any {
	return validation("variables.listed || variables.wasListed", fmt.Sprintf(`variables.what + " was not admitted, no inventory in %s lists it: " + variables.who`, g.Inventory)+
		g.remedy("Add it to the chart of the app's blueprint by a pull request to the catalog. "))
}

// remedy ends a message: what to do, and what in an emergency.
func (g Guard) remedy(first string) string {
	return " +\n" + strconv.Quote(". "+first+"In an emergency contain the app with `levee quarantine ") + " + variables.app +\n" +
		strconv.Quote(fmt.Sprintf("`, or take this guard away with `kubectl delete validatingadmissionpolicybindings -l %s=%s`.", LabelGuard, g.Inventory))
}

// validation is a rule, with the reason for which a write is refused: forbidden, and not that
// what is written is invalid.
func validation(expression, message string) map[string]any {
	return map[string]any{"expression": expression, "messageExpression": message, "reason": "Forbidden"}
}

// list is a list of texts in CEL, which quotes them as Go does.
func list(all []string) string {
	quoted := make([]string, len(all))
	for i, one := range all {
		quoted[i] = strconv.Quote(one)
	}
	return "[\n" + strings.Join(quoted, ",\n") + "\n]"
}
