# METADATA
# scope: package
# title: Prototypes use no secrets of production
# description: >-
#   A prototype is an experiment, and its secrets are the first to be lost. So
#   they are secrets of the sandbox, which open nothing that matters. The
#   settings say where those lie; a catalog that does not say asks for nothing.
# custom:
#   id: lifecycle.prototype-secrets
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 7d
#   onRunning: grace
#   remedy: Keep a secret of the sandbox in its place, and name that.
#   controls: ["soc2:CC6.1", "iso27001:A.8.31", "iso27001:A.5.17", "ssdf:PO.5.1"]
package levee.rules.lifecycle.prototype_secrets

import data.levee.lib

problem contains {"field": field, "message": message, "remedy": remedy} if {
	input.app.spec.lifecycle.stage == "prototype"
	count(data.settings.limits.sandboxPaths) > 0
	some secret in input.app.spec.secrets
	not input.refs.places[secret.name].sandbox
	field := concat("", [lib.item("secrets", secret.name), ".path"])
	message := sprintf("This app is a prototype, and its secret `%s` lies at `%s`, which is no place of the sandbox.", [secret.name, secret.path])
	remedy := sprintf("Keep a secret of the sandbox below `%s`, and name that.", [place])
}

# place is where this app may keep secrets of the sandbox.
place := replace(
	replace(lib.head(data.settings.limits.sandboxPaths), "{team}", input.app.spec.owner.team),
	"{app}", input.app.metadata.name,
)
