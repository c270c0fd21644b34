// Package remote speaks Git's wire protocol with one server: List asks for its refs,
// Fetch downloads a pack, Push sends one and moves refs. It holds no state of the mirror
// and between calls no connection.
//
// A server is reached over HTTP with go-git's transport (http.go), behind round trippers
// that refuse web pages, cut long refusals and give up on a silent server
// (idletimeout.go), or on this machine through the git program (local.go).
//
// Every error names the server and holds neither a secret nor a control character,
// whatever the server sent. All methods of Remote are safe for concurrent use.
package remote
