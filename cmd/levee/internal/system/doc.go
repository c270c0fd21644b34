// Package system wires what a command works with. Open reads the configuration, opens the mirror, the
// ledger and the plug-ins for a purpose, and makes the reconciler of them; a daemon gets its webhook
// and its Lease besides. Actor is whoever runs a command that goes on record. Found begins a ledger,
// and Witnesses and Replay are what an audit holds one against.
package system
