package disk

// Fingerprint is the state of a file as the system tells it.
type Fingerprint struct {
	Inode            uint64
	Mode             uint32
	Size             int64
	Written, Changed int64 // in nanoseconds
}
