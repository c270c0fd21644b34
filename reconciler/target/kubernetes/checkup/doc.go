// Package checkup looks at a cluster for whoever installs Levee there, and writes nothing.
//
//	the API server answers, is new enough, and its clock is ours (server.go)
//	the daemon is who it is taken for, and has each right that package rbac lists (rights.go)
//	the kinds that the catalog's settings have apps be given are served (kinds.go)
//	namespaces are there, and held to the profile that they should be (namespaces.go)
//	the guard that package admission makes is installed as it is printed (guard.go)
//
// No rule stands here: rights, guard and kinds are asked of the packages that print and make them.
// Who examines need not be the daemon: reviews and kinds are asked as the daemon, by impersonation
// where it is somebody else. What cannot be read is unknown, never well.
package checkup
