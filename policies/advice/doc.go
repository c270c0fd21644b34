// Package advice finds what could stand in a file in place of what is wrong: names that exist
// in this catalog, people who can own an app, blueprints that fit it, days that pass.
//
// An Advisor looks into one governing and one proposed snapshot. Advise writes what it finds
// into the remedies of a file that cannot be read as its kind, in place of the examples of
// the schema. Instead lists alternatives for the names in a valid app; they are part of the
// input of rules, which write remedies with them. No verdict depends on either.
package advice
