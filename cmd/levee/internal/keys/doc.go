// Package keys finds the SSH keys of whoever sits at this machine, in files, in what git is told to sign
// with, and in the agent; and makes keys where none are there yet.
package keys
