package levee.rules.ownership.buddy_test

import data.levee.fixture
import data.levee.rules.ownership.buddy as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

month := {"/training/buddy": 2592000}

since(day, buddy) := {"/refs/owner/person/since": day, "/refs/owner/person/buddy": buddy}

cases := {
	"no time": {"set": since("2026-11-20", "")},
	"new": {"set": since("2026-11-20", ""), "settings": month, "problem": {"spec.owner.person"}, "says": ["since `2026-11-20` and has no buddy", "needed for `30d`"]},
	"on the last day": {"set": since("2026-10-24", ""), "settings": month, "problem": {"spec.owner.person"}},
	"the day after": {"set": since("2026-10-23", ""), "settings": month},
	"with a buddy": {"set": since("2026-11-20", "lead"), "settings": month},
	"a buddy of their own": {"set": since("2026-11-20", "jdoe"), "settings": month, "problem": {"spec.owner.person"}},
	"not known since when": {"set": since("", ""), "settings": month},
	"one who left is reported elsewhere": {"set": fixture.plus(since("2026-11-20", ""), {"/refs/owner/person/left": true}), "settings": month},
	"a retired app": {"set": fixture.plus(since("2026-11-20", ""), fixture.staged("retired")), "settings": month},
}
