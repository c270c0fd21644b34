// Package kubetest starts a real Kubernetes control plane for a test: etcd,
// kube-apiserver and, unless a test wants none of it, kube-controller-manager,
// kube-scheduler and kwok, which plays the kubelets of nodes that do not exist.
// Nothing of it is faked but what runs in a pod: a Deployment becomes available
// because its controller, the scheduler and the API server say so.
//
// # Where the servers come from
//
// They are built from the module in servers/, whose go.mod pins their versions, and that of
// Argo Rollouts from a module below it, since it is made for other versions of the same
// libraries; all into one folder. The environment variable LEVEE_TEST_SERVERS names that folder; `make
// test-real` builds it and sets the variable. Where it is not set a test is skipped
// with one line. Where it is set and a server is missing, the test fails.
//
// # What a start does
//
// It makes a folder, a certificate authority, and keys for service accounts
// (authority.go), and then starts in this order, each waited for:
//
//	etcd          on a Unix socket in that folder, without syncing to the disk
//	the API       on a port of loopback that is held for the life of the cluster (host_linux.go),
//	              with RBAC and an audit log; ready once /readyz says so
//	the rest      controllers, scheduler and kwok, side by side; ready once every node is,
//	              and the namespace default has its service account
//
// A server that ends or does not become ready in time makes the start fail with the
// last lines of its log. All end with the test, and are killed by the kernel if the
// process that started them ends in any other way (process.go).
//
// # What pods do
//
// Every pod that was scheduled becomes ready at once, and those of a Job succeed. An
// image whose last name is one of these does otherwise (stages.yaml):
//
//	registry.example.com/any/crashing:1     runs, is restarted, never ready (CrashLoopBackOff)
//	registry.example.com/any/unpullable:1   never runs (ImagePullBackOff)
//	registry.example.com/any/slow:1         becomes ready after three seconds
//	registry.example.com/any/failing:1      of a Job: ends with exit code 1; of anything else: like any other
//
// Cluster.SetPodsReady turns the readiness of pods that run already, as a failing probe
// would.
//
// Cluster.ServeRollouts has the kind of Argo Rollouts served, without its controller: a test says by
// Cluster.SetRollout what that would.
//
// # What was asked of the API server
//
// Every request is one Event of the audit log, written before its answer is complete
// (audit.go). So a test that has its answer can count at once, exactly, who did what:
//
//	mark := cluster.Audit().Mark()
//	// … what is tested …
//	writes := cluster.Audit().Since(mark).Count(func(e kubetest.Event) bool { return e.User == "levee" && e.Writes() })
//
// # What may go wrong on the way
//
// Cluster.Proxy stands between a client and the API server, and does to some requests what a
// Fault says: resets, answers that come late or never, refusals, another's certificate
// (faults.go). Which requests it meets follows from their order alone:
//
//	proxy := cluster.Proxy(t)
//	proxy.Begin(kubetest.Fault{Every: 5, Answer: kubetest.Lose})
//	// … what is tested, with proxy.Config() …
//	proxy.Begin(kubetest.Fault{})
//
// # One for a package
//
// A start takes seconds and 600 MB, so the tests of a package share one (Shared),
// each in namespaces of its own (Cluster.Prefix). A test that stops the API server
// has a cluster of its own (Start), or runs alone.
package kubetest
