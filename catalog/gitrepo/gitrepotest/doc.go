// Package gitrepotest makes real bare repositories for tests, with the git
// program, which is the second opinion on everything that gitrepo reads and
// writes. Times are fixed, so a repository made twice has the same ids.
//
//	remote := gitrepotest.New(t, `
//	-- catalog.yaml --
//	kind: Catalog
//	-- apps/hello/app.yaml --
//	kind: App
//	`)
//	head := remote.Commit("main", gitrepotest.Change{Write: map[string]string{"README": "hello\n"}})
//	repo := gitrepotest.Open(t, remote)
package gitrepotest
