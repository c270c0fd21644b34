// Package mirror keeps a bare copy of a remote repository in a folder, for readers that never wait.
//
// A folder holds generations, each a bare repository, and a link to the one that counts
// (generation.go). A Mirror is that one with the table of its refs (refs.go), which readers load and go
// on with. A Fetcher opens it, and lets it follow the remote (fetch.go): it asks for the refs and brings
// what is missing (download.go), but no change that is too large (oversize.go). What is damaged is built
// again at once (rebuild.go), what has grown too large beside calls of Fetch (renew.go). Follow does for a
// push of our own what a fetch would. One process holds the Lock of a folder; another works on a Clone.
package mirror
