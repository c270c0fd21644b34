package levee.lib

# used maps each valid vendor that the app exchanges data with to the field that
# says so: the integration, or else a host name that the vendor covers.
used[name] := field if {
	some integration in input.app.spec.integrations
	name := integration.vendor
	input.refs.vendors[name]
	field := item("integrations", name)
}

used[name] := field if {
	some name, hosts in called
	not integrated[name]
	field := item("egress", min(hosts))
}

# beforehand are the vendors that the app's blueprint approves; without one, none.
beforehand contains name if some name in input.refs.blueprint.spec.vendors

# named is used, where the name of the vendor stands.
named(name) := concat("", [used[name], ".vendor"]) if integrated[name]

else := used[name]

integrated contains integration.vendor if some integration in input.app.spec.integrations

# called maps valid vendors to the host names of theirs that the app calls.
called[name] contains host if {
	some host in input.app.spec.egress
	name := input.refs.domains[host]
	input.refs.vendors[name]
}
