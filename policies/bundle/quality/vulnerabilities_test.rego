package levee.rules.quality.vulnerabilities_test

import data.levee.fixture
import data.levee.rules.quality.vulnerabilities as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

flaw := {
	"id": "CVE-1", "severity": "critical", "score": 9.8, "part": "left-pad", "version": "1.0",
	"fixedIn": "1.1", "published": "2026-11-14", "state": "open", "reason": "",
}

# beside has one scan with one flaw of other values beside the app.
beside(values) := {"/refs/evidence": [object.union(fixture.scan_result, {"open": {}, "vulnerabilities": [object.union(flaw, values)]})]}

stage := {"spec.lifecycle.stage"}

cases := {
	"none": {"set": {"/refs/evidence": [fixture.scan_result]}},
	"too long": {
		"set": beside({}),
		"problem": stage,
		"says": ["`evidence/sast.sarif` names the vulnerability `CVE-1`, of severity `critical` in `left-pad` `1.0`. It may be open for `7d`, and it was published on `2026-11-14`.", "Move `left-pad` to `1.1`"],
	},
	"just in time": {"set": beside({"published": "2026-11-15"})},
	"less severe": {"set": beside({"severity": "high"})},
	"without a fix": {"set": beside({"fixedIn": ""})},
	"too long without a fix": {
		"set": beside({"fixedIn": "", "published": "2026-10-22"}),
		"problem": stage,
		"says": ["open for `30d`", "Replace what has"],
		"never": ["Move"],
	},
	"of no day": {"set": beside({"published": ""}), "problem": stage, "says": ["does not say since when it is known"]},
	"of no day and no limit": {"set": beside({"published": "", "severity": "low"})},
	"low, with a limit": {"set": beside({"severity": "low"}), "settings": {"/evidence/open/withFix/low": 86400}, "problem": stage},
	"not affected": {"set": beside({"state": "not affected"})},
	"of no part": {"set": beside({"part": "", "version": ""}), "problem": stage, "says": ["severity `critical`. It", "Replace what has"]},
	"of a part without version": {"set": beside({"version": ""}), "problem": stage, "says": ["in `left-pad`. It"]},
	"a part of no name with a version": {"set": beside({"part": ""}), "problem": stage, "says": ["severity `critical`. It"]},
	"more than are listed": {
		"set": {"/refs/evidence": [object.union(fixture.scan_result, {"open": {"high": 3}, "vulnerabilities": [object.union(flaw, {"severity": "high"})]})]},
		"problem": stage,
		"says": ["names `2` more vulnerabilities of severity `high`"],
	},
	"all are listed": {
		"set": {"/refs/evidence": [object.union(fixture.scan_result, {"open": {"high": 1}, "vulnerabilities": [object.union(flaw, {"severity": "high"})]})]},
	},
	"one of them is answered": {
		"set": {"/refs/evidence": [object.union(fixture.scan_result, {"open": {"high": 1}, "vulnerabilities": [object.union(flaw, {"severity": "high", "state": "fixed"})]})]},
		"problem": stage,
		"says": ["names `1` more"],
	},
	"one of them is of another severity": {
		"set": {"/refs/evidence": [object.union(fixture.scan_result, {"open": {"high": 1}, "vulnerabilities": [object.union(flaw, {"severity": "medium"})]})]},
		"problem": stage,
		"says": ["names `1` more"],
	},
	"more, without a limit": {"set": {"/refs/evidence": [object.union(fixture.scan_result, {"open": {"low": 3}})]}},
	"more, with a limit without a fix": {
		"set": {"/refs/evidence": [object.union(fixture.scan_result, {"open": {"low": 3}})]},
		"settings": {"/evidence/open/withoutFix/low": 86400},
		"problem": stage,
	},
	"more before production": {"set": fixture.plus({"/refs/evidence": [object.union(fixture.scan_result, {"open": {"high": 3}})]}, fixture.staged("approved"))},
	"too long before production": {"set": fixture.plus(beside({}), fixture.staged("approved"))},
}
