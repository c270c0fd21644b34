package secretscan

// finder finds many words in one walk over a text, whatever their case: the automaton of Aho
// and Corasick over the bytes that the words have. The module that gitleaks has for it keeps 2 KiB
// a state, which are 11 MB for the words of its rules and of what they excuse.
type finder struct {
	class [256]byte // of a byte; 0 for one that no word has
	width int       // number of classes
	next  []int32   // state and class → state
	found [][]int   // state → words that end there, by their place in the list
}

// newFinder makes a finder of words in lower case.
func newFinder(words []string) *finder {
	f := &finder{width: 1}
	for _, w := range words {
		for _, b := range []byte(w) {
			if f.class[b] == 0 {
				f.class[b] = byte(f.width)
				f.width++
			}
		}
	}
	for b := byte('a'); b <= 'z'; b++ {
		f.class[b-'a'+'A'] = f.class[b]
	}
	f.state()
	for i, w := range words {
		at := int32(0)
		for _, b := range []byte(w) {
			step := at*int32(f.width) + int32(f.class[b])
			if f.next[step] == 0 {
				f.next[step] = f.state()
			}
			at = f.next[step]
		}
		f.found[at] = append(f.found[at], i)
	}
	f.link()
	return f
}

// state adds a state.
func (f *finder) state() int32 {
	f.next = append(f.next, make([]int32, f.width)...)
	f.found = append(f.found, nil)
	return int32(len(f.found) - 1)
}

// link leads each state, where a word does not go on, to that of the longest end of what was
// read that begins a word. States are linked in the order of their depth.
func (f *finder) link() {
	back := make([]int32, len(f.found))
	queue := []int32{0}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for c := range f.width {
			step := int(at)*f.width + c
			other := f.next[int(back[at])*f.width+c]
			child := f.next[step]
			switch {
			case child == 0 && at != 0:
				f.next[step] = other
			case child != 0:
				if at != 0 {
					back[child] = other
				}
				f.found[child] = append(f.found[child], f.found[back[child]]...)
				queue = append(queue, child)
			}
		}
	}
}

// each calls yield with each word in a text and the place behind it, in the order of these
// places, until yield returns false.
func (f *finder) each(text string, yield func(word, end int) bool) {
	at := int32(0)
	for i := range len(text) {
		at = f.next[int(at)*f.width+int(f.class[text[i]])]
		for _, word := range f.found[at] {
			if !yield(word, i+1) {
				return
			}
		}
	}
}

// any reports whether one of the words is in a text.
func (f *finder) any(text string) bool {
	found := false
	f.each(text, func(int, int) bool {
		found = true
		return false
	})
	return found
}
