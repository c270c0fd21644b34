// Package config reads levee.yaml, the operator's file, and the secrets that the environment holds
// beside it. A command names the file by Flag and has it by Read, with paths made absolute; whom it
// trusts is its Trust, and what a daemon is made of its Wiring.
package config
