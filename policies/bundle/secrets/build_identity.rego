# METADATA
# scope: package
# title: Builds sign in with an identity of their own
# description: >-
#   A key that is stored where apps are built opens what they are published to,
#   for everybody who can change a build. A build that gets a short-lived
#   identity from where it runs (OpenID Connect) needs no such key.
# custom:
#   id: secrets.build-identity
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 90d
#   onRunning: grace
#   remedy: "Have the build sign in by OpenID Connect, remove the stored key, and write `build: oidc`."
#   controls: ["soc2:CC6.1", "iso27001:A.5.17", "ssdf:PO.5.1"]
package levee.rules.secrets.build_identity

import data.levee.lib

problem contains {"field": "spec.quality.build", "message": message} if {
	input.app.spec.quality.build == "key"
	lib.live
	message := "The build of this app signs in with a stored key, which whoever can change the build can take."
}
