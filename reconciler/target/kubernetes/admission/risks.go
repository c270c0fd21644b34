package admission

// The risks of each choice.
const (
	ownedDeny   = "Writes by others to what an inventory lists are refused. A controller that has to write there, such as External Secrets or a storage driver, and has no account in kube-system, is refused too, until it is allowed by name."
	ownedReport = "Writes by others to what an inventory lists go through, with a warning and a line in the audit log. Levee puts them right once it sees them, and only while it runs."
	otherDeny   = "What no inventory lists cannot be put into Levee's namespaces. Controllers that put something there, and have no account in kube-system, are refused too, until they are allowed by name."
	otherReport = "What no inventory lists can be put into Levee's namespaces, with a warning and a line in the audit log. It stays there: a workload, an autoscaler, a network policy that lets others in."
	failsClosed = "A write whose rule the API server cannot evaluate is refused. An urgent one is refused too, until the bindings are deleted."
	failsOpen   = "A write whose rule the API server cannot evaluate goes through. Nobody is told: watch the metric apiserver_validating_admission_policy_check_total for errors."
)

// Risks says of each choice what it means and what it risks, for whoever installs the guard.
func (g Guard) Risks() []string {
	owned, unlisted, fails := ownedReport, otherReport, failsClosed
	if g.Owned == Deny {
		owned = ownedDeny
	}
	if g.Unlisted == Deny {
		unlisted = otherDeny
	}
	if g.Open {
		fails = failsOpen
	}
	return []string{owned, unlisted, fails}
}
