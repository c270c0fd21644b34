// Package manifests says what an app is in Kubernetes: from its runtime document, the settings
// of the catalog and the chart of its blueprint to resources that can be applied as they are.
//
//	runtime document, settings → the app as it is seen here (app.go, runtime.go)
//	what every app has, whatever its chart says: namespace, identity, limits (namespace.go),
//	network (network.go), secrets and the config map with its flag (secrets.go)
//	the blueprint's chart, or the built-in one for the type of app (charts/) → resources
//	what a chart leaves out is filled in: labels, identity, the restricted profile (complete.go)
//	→ the gate → all resources, in the order in which they are applied (render.go)
//
// It is pure: no cluster is asked. What is wrong is told at the chart's file and line.
package manifests
