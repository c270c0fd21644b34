// Package skeleton writes a catalog to start from. KeyHolders says whose keys are listed in its roles,
// and makes those that are missing; Write copies the folder catalog, never over a file that is there.
package skeleton
