// Package intake reads the files that levee convert is given, in folders too, and puts what they
// become into the folder of a catalog, never over a file that is there.
package intake
