// Package schema reads and writes objects by what the tags of their Go types say.
//
// A type is read once, into a tree of fields with their constraints. By that tree Decode
// fills an object from the nodes of a manifest, strictly, and reports each problem with a
// remedy; JSON and ValueJSON describe the object, as people write it and as rules see it,
// to editors and to the compiler of rules; and Value and Material give it as JSON values:
// all that rules see, and what its digest is taken of. A new field of a kind is a line
// with tags, and nothing here.
package schema
