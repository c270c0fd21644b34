package rbac

// Rights says who does Levee's work in a cluster, and with which kinds of resources.
type Rights struct {
	Inventory string // the namespace in which the daemon's inventories lie
	Daemon    string // the user that the daemon is in the cluster
	// Users are those as whom the daemon applies apps; without any it does so as itself.
	Users []string
	// Itself is set where the daemon applies apps as itself besides, in environments for which
	// no other user is given.
	Itself bool
	// Kinds are what apps may have besides what all may, as Kind.group or, where a plural does
	// not follow from the kind, Resources.
	Kinds     []string
	Resources []string
	// Lease is the name of the Lease, beside the inventories, by which replicas agree on one that
	// leads; empty for none.
	Lease string
}

// Role is a list of rights, and who has them.
type Role struct {
	Name      string
	Namespace string // empty for the whole cluster
	About     string
	Rules     []Rule
	Users     []string
}

// Rule allows verbs on a resource.
type Rule struct {
	Reason string
	Resource
	Verbs []string
	Names []string // the only ones that it is about; all where it is empty
}

// The verbs that are needed of the resources of apps, by what for.
const (
	verbsOfApps  = "get list create patch delete"
	verbsOfWatch = "list watch"
	verbsOfBoth  = "get list watch create patch delete"
)
