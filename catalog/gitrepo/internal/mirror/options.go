package mirror

// Options say where a mirror is, what it mirrors, and how large it may become. All are set but
// MaxBytes, whose zero is a multiple of what the mirror was when it was built.
type Options struct {
	Dir        string
	Refs       []string // patterns
	Clone      bool     // of another mirror: it lives too short to be renewed
	MaxPacks   int      // before it is built again beside fetches
	MaxBytes   int64    // by which its packs may grow before that
	MaxFetch   int64    // bytes of one download
	CacheBytes int64    // of objects in memory
}

// mirrors reports whether a ref is one of those to mirror.
func (o *Options) mirrors(name Ref) bool {
	for _, p := range o.Refs {
		if matchRef(p, name) {
			return true
		}
	}
	return false
}
