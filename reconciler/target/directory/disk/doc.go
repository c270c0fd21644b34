// Package disk is every system call that the target directory makes, on one folder.
//
//	a folder, out of which no path leads (disk.go, folder.go)
//	a lock that keeps other processes out (lock.go)
//	the state of a file, by which it is known not to have changed (fingerprint.go)
package disk
