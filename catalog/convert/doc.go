// Package convert takes in what people already have: manifests of small apps, templates and
// sheets of rules that other programs read become files of a catalog. Package dialect tells
// what a file is; here stands, a table for each dialect, what becomes of each field.
//
// Nothing is dropped. Each value of a file is taken, or is implied by what the catalog asks
// of every app, or is left and reported with its place and with what to do about it. What the
// catalog requires and the file has not is reported as to be filled in, and stands as a
// comment where it belongs; nothing is made up. What is written is read by the strict parse
// of the catalog, and a value that it does not take is left too.
//
// The package reads no files: bytes in, documents and a report out. levee convert calls it.
package convert
