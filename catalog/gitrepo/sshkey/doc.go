// Package sshkey has the SSH keys that sign, and the signatures that they make.
//
// A PublicKey is a line as OpenSSH writes it; what proves nothing (certificates, weak keys) is
// refused when it is read. A Signer holds the other half: from a file that nobody else may read,
// from an agent, or made anew. Sign and Verify are for commits and tags, in the namespace of Git;
// SignFor and VerifyFor for anything else, whose purpose is part of what is signed.
package sshkey
