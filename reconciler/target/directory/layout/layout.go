package layout

import "path"

// The folders of an environment.
const (
	Apps        = "apps"
	Disabled    = "disabled"
	Quarantined = "quarantined"
	Own         = ".levee"
	Inventory   = Own + "/inventory"
	Marks       = Own + "/marks"
	Staging     = Own + "/staging"
	locks       = Own + "/locks"
	Witness     = Own + "/witness.json"
)

// folders are made in this order.
var folders = [...]string{Apps, Disabled, Quarantined, Own, Inventory, Marks, Staging, locks}

// Places are where an app's document may lie.
var Places = [...]string{Apps, Disabled, Quarantined}

// File is where something of an app lies in a folder.
func File(folder, app string) string { return path.Join(folder, app+".json") }
