// Package attesttest makes what tests verify: keys, certificate authorities with a
// transparency log, and the statements, envelopes and bundles that these sign. All of it is
// real, but made by the test itself.
package attesttest
