// Package syntax reads the text of a manifest as a tree of YAML nodes with positions.
//
// Parse refuses what two readers could see differently (anchors, tags, merge keys, names
// given twice, several documents) and what is too large, and tells its Report where and
// why in words for people; Decode gives the tree of a text that has been judged before.
// Within a tree a field is named by a path such as spec.egress[0]: Join makes paths,
// Walk and Locate follow them to a node and its Place.
package syntax
