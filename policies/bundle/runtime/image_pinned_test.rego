package levee.rules.runtime.image_pinned_test

import data.levee.fixture
import data.levee.rules.runtime.image_pinned as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

image(text) := {"/app/spec/runtime/image": text}

type(text) := {"/app/spec/runtime/type": text}

cases := {
	"pinned": {},
	"a tag": {"set": image("registry.example.com/fin/rooms:latest"), "problem": {"spec.runtime.image"}, "says": ["`registry.example.com/fin/rooms:latest` is not pinned"]},
	"no tag": {"set": image("registry.example.com/fin/rooms"), "problem": {"spec.runtime.image"}},
	"a tag and a checksum": {"set": image(concat("", ["registry.example.com/fin/rooms:1@", fixture.digest]))},
	"a short checksum": {"set": image(trim_suffix(fixture.image, "f")), "problem": {"spec.runtime.image"}},
	"a long checksum": {"set": image(concat("", [fixture.image, "0"])), "problem": {"spec.runtime.image"}},
	"a checksum of other signs": {"set": image(replace(fixture.image, "0123", "xyzw")), "problem": {"spec.runtime.image"}},
	"capital digits": {"set": image(replace(fixture.image, "abcdef", "ABCDEF")), "problem": {"spec.runtime.image"}},
	"two checksums": {"set": image(concat("@", [fixture.image, fixture.digest])), "problem": {"spec.runtime.image"}},
	"another kind of checksum before it": {"set": image(replace(fixture.image, "@", "@md5:0@")), "problem": {"spec.runtime.image"}},
	"no name": {"set": image(concat("", ["@", fixture.digest])), "problem": {"spec.runtime.image"}},
	"a tag in a function": {"set": fixture.plus(type("function"), image("rooms:1")), "problem": {"spec.runtime.image"}},
	"a container without": {"drop": ["/app/spec/runtime/image"], "problem": {"spec.runtime.image"}, "says": ["runs as `container`, but no image"]},
	"a scheduled app without": {"set": type("scheduled"), "drop": ["/app/spec/runtime/image"], "problem": {"spec.runtime.image"}},
	"a function without": {"set": type("function"), "drop": ["/app/spec/runtime/image"]},
	"a site without": {"set": type("static"), "drop": ["/app/spec/runtime/image"]},
	"an app elsewhere without": {"set": type("external"), "drop": ["/app/spec/runtime/image"]},
	"a tag in a retired app": {"set": fixture.plus(image("rooms:1"), fixture.staged("retired"))},
	"a retired app without": {"set": fixture.staged("retired"), "drop": ["/app/spec/runtime/image"]},
}
