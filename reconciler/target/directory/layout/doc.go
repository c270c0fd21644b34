// Package layout is where everything lies in the folder of the target directory, and how it is put there.
//
//	the folders of an environment, and the names in them (layout.go)
//	an environment, opened to be read or to be written to, with the locks of its apps (environment.go,
//	lock.go); with its folders opened once for a whole pass (opened.go)
//	a file, staged, synced and then named by one rename or link (write.go)
package layout
