# What the tests of the rules start from: a plain app that breaks no rule, asks
# for no approval and carries low risk, and the ways to change it.
package levee.fixture

# input_for is the plain input with the case's changes: `set` puts values at
# JSON pointers, `drop` takes them away.
input_for(case) := json.remove(
	put(plain, object.get(case, "set", {})),
	object.get(case, "drop", []),
)

# settings_for is the same for the settings, with `settings` and `without`.
settings_for(case) := json.remove(
	put(settings, object.get(case, "settings", {})),
	object.get(case, "without", []),
)

put(object, values) := json.patch(object, [patch |
	some path, value in values
	patch := {"op": "add", "path": path, "value": value}
])

# meets holds where a rule said exactly what the case expects: the fields of
# problems, the roles of approvals, the levels of risk, and in the messages,
# remedies and reasons each of the words in `says` and none of those in `never`.
meets(said, case) if {
	said_of(said, "problem", "field") == object.get(case, "problem", set())
	said_of(said, "approval", "role") == object.get(case, "approval", set())
	said_of(said, "risk", "level") == object.get(case, "risk", set())
	text := concat("\n", [word |
		some name in ["problem", "approval", "risk"]
		some entry in object.get(said, name, set())
		some key in ["message", "remedy", "reason"]
		word := entry[key]
	])
	every words in object.get(case, "says", []) {
		contains(text, words)
	}
	every words in object.get(case, "never", []) {
		not contains(text, words)
	}
}

said_of(said, name, key) := {entry[key] | some entry in object.get(said, name, set())}

plain := {
	"app": app,
	"admitted": null,
	"refs": {
		"blueprint": {"name": "form@2", "spec": blueprint},
		"vendors": {},
		"dataSets": {},
		"domains": {},
		"alternatives": {},
		"owner": {"person": person, "team": {"id": "finance", "members": ["jdoe", "lead"]}, "fallback": lead},
		"dependencies": {},
		"reviewer": lead,
		"places": {"PAYMENT_API_KEY": {"own": true, "team": "finance", "sandbox": false}},
		"instead": {},
		"waivers": [],
		"grants": [],
		"evidence": [parts_list, tested, coverage],
		"image": {"unsigned": "", "remedy": ""},
	},
	"facts": {
		"catalog": {"sameName": [], "cycle": [], "teamTotal": 0, "teamLimit": 0},
		"author": {"person": "jdoe", "bot": false},
		"reach": {"environments": ["staging", "production"], "production": true},
		"schedule": "",
	},
	"today": "2026-11-22",
}

app := {
	"metadata": {"name": "room-finder", "labels": {"costCenter": "fin-204"}},
	"spec": {
		"title": "Room finder",
		"version": "1.4.0",
		"owner": {"person": "jdoe", "team": "finance", "fallback": "lead"},
		"blueprint": "form@2",
		"classification": "internal",
		"runtime": {
			"type": "container",
			"image": image,
			"language": "nodejs:22",
			"cpu": 0.25,
			"memory": 268435456,
			"timeout": 300,
			"concurrency": 10,
			"regions": ["eu-1"],
		},
		"access": {"sso": "oidc", "session": 900, "groups": ["finance-all"], "scopes": ["readonly-database"]},
		"egress": [],
		"integrations": [],
		"data": [],
		"secrets": [],
		"models": [],
		"slo": {"availability": 99.5, "p95": 500},
		"budget": {"monthly": 50, "currency": "USD"},
		"telemetry": [],
		"quality": {"tests": true, "coverage": 0.6, "generated": "no"},
		"compliance": [],
		"answers": [],
		"dependsOn": [],
		"lifecycle": {"stage": "production", "created": "2026-01-10"},
	},
}

image := concat("", ["registry.example.com/fin/rooms@", digest])

digest := "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

person := {"id": "jdoe", "bot": false, "left": false, "certifications": [{"name": "secrets-and-gates", "until": "2026-11-22"}], "teams": ["finance"], "since": "2026-01-10", "buddy": ""}

lead := {"id": "lead", "bot": false, "left": false, "certifications": [], "teams": ["finance"], "since": "", "buddy": ""}

blueprint := {
	"title": "Form",
	"owner": "platform",
	"ceiling": "internal",
	"types": ["container", "static"],
	"regions": ["eu-1", "eu-2"],
	"cpu": 0.5,
	"memory": 536870912,
	"cost": "micro",
	"scans": [],
	"vendors": ["acme-maps"],
	"scopes": ["call-internal-api"],
	"obsolete": false,
}

# calling is the change that makes the app use the vendor acme-maps, which its
# blueprint approves.
calling := {
	"/app/spec/egress": ["maps.example.com"],
	"/app/spec/integrations": [{"vendor": "acme-maps", "scopes": ["geocode"], "purpose": "show offices"}],
	"/refs/domains": {"maps.example.com": "acme-maps"},
	"/refs/vendors": {"acme-maps": vendor},
	"/refs/alternatives": {"show offices": [], "maps": ["acme-maps"]},
}

vendor := {
	"title": "Acme Maps",
	"domains": ["maps.example.com", "*.tiles.example.com"],
	"purpose": "maps",
	"scopes": ["geocode", "route"],
	"ceiling": "internal",
	"regions": ["eu-1"],
	"terms": {
		"dpa": "https://legal.example.com/acme",
		"dpaUntil": "2026-11-22",
		"encryption": true,
		"privacyReview": "2026-03-01",
		"incidentNotice": 86400,
	},
	"approver": "lead",
	"review": "2026-11-22",
}

# parts_list is a list of parts that was read, and scan_result the result of a scan that
# found nothing.
parts_list := file_of({"name": "sbom.cdx.json", "kind": "parts", "format": "CycloneDX", "parts": 12})

scan_result := file_of({"name": "sast.sarif", "kind": "findings", "format": "SARIF", "scanned": true})

# tested tells of tests that passed, and coverage of how much of the code they ran.
tested := file_of({"name": "junit.xml", "kind": "tests", "format": "JUnit", "passed": 9})

coverage := file_of({"name": "lcov.info", "kind": "coverage", "format": "LCOV", "covered": 600, "code": 1000})

# built is provenance that a signer signed, about the image that the app runs.
built := file_of({
	"name": "provenance.intoto.jsonl", "kind": "provenance", "format": "SLSA provenance", "version": "v1",
	"builder": "https://github.com/acme/builders/.github/workflows/build.yml@refs/tags/v1",
	"source": "https://github.com/acme/rooms",
	"about": [digest], "signers": ["actions"],
})

# unread is a file that says nothing.
unread(name, trouble) := object.union(file_of({"name": name, "trouble": trouble}), {"made": ""})

# file_of is a file of evidence of the day before, with what it says.
file_of(says) := object.union(
	{
		"name": "", "kind": "", "format": "", "version": "", "tool": "", "made": "2026-11-21", "trouble": "",
		"about": [], "parts": 0, "unlicensed": 0, "licences": [],
		"scanned": false, "open": {}, "answered": 0, "answers": 0, "vulnerabilities": [],
		"passed": 0, "failed": 0, "skipped": 0, "covered": 0, "code": 0,
		"builder": "", "source": "", "signers": [], "identity": "", "unsigned": "", "remedy": "",
	},
	says,
)

# data_set reads nothing sensitive.
data_set := {"dataset": "rooms", "access": "read", "purpose": "list rooms", "categories": [], "masking": "none", "tokenised": []}

# listed is the change that makes the app read one data set, of which the catalog says
# what is given.
listed(says) := {"/app/spec/data": [data_set], "/refs/dataSets": {"rooms": data_of_rooms + says}}

data_of_rooms := {
	"owner": {"person": "lead", "team": "finance"},
	"classification": "internal",
	"categories": [],
	"regions": [],
	"sandbox": false,
	"approvedScopes": [],
	"safeguards": [],
}

# sensitive is the change that makes the app read one data set of a category.
sensitive(category) := {"/app/spec/data": [data_set + {"categories": [category], "retention": 2592000}]}

writing := {"/app/spec/data": [data_set + {"access": "write"}]}

secret := {"name": "PAYMENT_API_KEY", "store": "vault", "path": "kv/fin/payment", "ttl": 3600, "rotation": 604800}

model := {"name": "approved-llm", "purpose": "summarise", "rateLimit": "60/min", "validator": "allow-list"}

classified(class) := {"/app/spec/classification": class}

# staged is the change that asks for a stage, where production takes that stage alone.
staged(stage) := {"/app/spec/lifecycle/stage": stage, "/facts/reach/production": stage == "production"}

# admitted is the change that makes the plain app, with changes of its own, the
# one that was admitted before.
admitted(changes) := {"/admitted": put(app, changes)}

# plus joins two changes; the second wins. (object.union would merge values.)
plus(one, other) := {path: value |
	some path in (object.keys(one) | object.keys(other))
	value := object.get(other, path, object.get(one, path, null))
}

# both joins several.
both([one, other]) := one + other

both([one, other, third]) := (one + other) + third

settings := {
	"timeZone": "Europe/Berlin",
	"environments": [{"name": "production", "target": "directory"}],
	"gates": {},
	"approvals": {"settle": 60, "samePerson": false},
	"approvers": {
		"scopes": ["security"],
		"elevated": ["app-steering-committee", "security"],
		"egress": ["security"],
		"secretPaths": ["security"],
		"raised": ["dpo", "security"],
		"categories": {"pii": ["dpo"], "financial": ["security"], "health": [], "credentials": [], "employee": [], "customer": []},
		"standards": {"soc2": ["security"], "iso27001": ["security"], "gdpr": ["dpo"], "hipaa": ["dpo"], "pci": ["security"]},
		"budget": ["cost-team"],
		"owner": ["product-owner"],
		"team": ["platform"],
		"return": ["platform"],
		"bots": ["product-owner"],
	},
	"governance": {},
	"lifecycle": {
		"ttl": 7776000,
		"prototypeTTL": 2592000,
		"notices": [2592000, 604800, 86400],
		"grace": 604800,
		"schedule": "0 9 * * *",
		"caps": {},
	},
	"limits": {
		"cpu": 1,
		"memory": 1073741824,
		"timeout": 3600,
		"concurrency": 50,
		"registries": ["registry.example.com"],
		"languages": [],
		"stores": ["vault"],
		"scopes": ["readonly-database", "api-read-service"],
		"elevated": ["external-network", "write-*"],
		"maxScopes": 2,
		"models": ["approved-llm"],
		"monthly": 100,
		"credential": 3600,
		"rotation": 2592000,
		"highRotation": 604800,
		"session": 900,
		"hosts": 10,
		"names": [],
		"sandboxPaths": [],
		"telemetry": [],
		"profiles": {},
		"notice": 259200,
		"retention": 31536000,
		"coverage": 0.5,
	},
	"evidence": {
		"age": {"findings": 2592000},
		"subject": "any",
		"open": {
			"withFix": {"critical": 604800, "high": 2592000, "unknown": 2592000, "medium": 7776000},
			"withoutFix": {"critical": 2592000, "high": 7776000, "unknown": 7776000},
		},
		"licences": {"allowed": [], "forbidden": []},
		"signed": [],
		"signers": {},
		"builders": [],
	},
	"data": {
		"catalogued": false,
		"floors": {"pii": "internal", "financial": "internal", "health": "restricted", "credentials": "restricted", "employee": "internal", "customer": "internal"},
		"risks": {"pii": "medium", "financial": "medium", "health": "high", "credentials": "high", "employee": "medium", "customer": "medium"},
		"masked": ["credentials", "health"],
		"prototypes": ["credentials", "health"],
	},
	"training": {"owners": ["secrets-and-gates"], "approvers": [], "buddy": 0, "mfa": false},
	"regions": {"confidential": ["eu-1"], "restricted": ["eu-1"]},
	"questions": {},
	"rules": {},
}

# instead is what could stand in the place of one name.
instead(kind, name, what) := {"/refs/instead": {kind: {name: what}}}
