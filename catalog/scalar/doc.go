// Package scalar holds the values that manifests write as one word: names, amounts of
// processor and memory, lengths of time, days, moments, versions, schedules.
//
// A Scalar parses its word, and normalises on the way, so that two ways of writing one
// amount are one value with one digest ("0.25" and "250m"); gives itself as rules and
// digests see it; and tells the JSON Schema its Shape, whose pattern takes what the
// parse takes. The error of Parse completes a sentence for people: "… must be …".
package scalar
