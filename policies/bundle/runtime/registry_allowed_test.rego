package levee.rules.runtime.registry_allowed_test

import data.levee.fixture
import data.levee.rules.runtime.registry_allowed as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

image(text) := {"/app/spec/runtime/image": text}

cases := {
	"an allowed registry": {},
	"no image": {"drop": ["/app/spec/runtime/image"]},
	"another registry": {
		"set": image("evil.example.net/fin/rooms"),
		"problem": {"spec.runtime.image"},
		"says": ["`evil.example.net/fin/rooms` does not come", "Write `registry.example.com/rooms` once the image is pushed there"],
	},
	"a name that only begins alike": {"set": image("registry.example.com.evil.net/rooms"), "problem": {"spec.runtime.image"}},
	"the registry as a folder": {"set": image("evil.net/registry.example.com/rooms"), "problem": {"spec.runtime.image"}},
	"another port": {"set": image("registry.example.com:5000/rooms"), "problem": {"spec.runtime.image"}},
	"within an allowed folder": {"settings": {"/limits/registries": ["registry.example.com/fin/"]}},
	"outside the allowed folder": {"settings": {"/limits/registries": ["registry.example.com/sales"]}, "problem": {"spec.runtime.image"}},
	"out of the allowed folder": {
		"set": image("registry.example.com/fin/../sales/rooms"),
		"settings": {"/limits/registries": ["registry.example.com/fin"]},
		"problem": {"spec.runtime.image"},
	},
	"Docker Hub, not allowed": {"set": image("nginx"), "problem": {"spec.runtime.image"}},
	"Docker Hub, allowed": {"set": image("nginx"), "settings": {"/limits/registries": ["docker.io"]}},
	"a tag is no host": {"set": image("nginx:1.27"), "settings": {"/limits/registries": ["docker.io"]}},
	"a folder is no host": {"set": image("library/nginx"), "settings": {"/limits/registries": ["docker.io/library"]}},
	"this host": {"set": image("localhost/rooms"), "settings": {"/limits/registries": ["docker.io"]}, "problem": {"spec.runtime.image"}},
	"a host with a port": {"set": image("cache:5000/rooms"), "settings": {"/limits/registries": ["docker.io"]}, "problem": {"spec.runtime.image"}},
	"none allowed": {"settings": {"/limits/registries": []}, "problem": {"spec.runtime.image"}, "says": ["so far there is none"]},
	"a retired app": {"set": fixture.plus(image("nginx"), fixture.staged("retired"))},
}
