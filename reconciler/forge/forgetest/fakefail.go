package forgetest

import "github.com/levee-gitops/levee/reconciler/forge"

// Before is asked before each action; with an error the action is not done, and
// the error is the answer. Nil ends it. It must not use the Fake.
func (f *Fake) Before(deny func(forge.Action) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.before = deny
}

// After is asked after each action that succeeded; with an error the action is
// done and the error is all that its caller learns. Nil ends it. It must not use
// the Fake.
func (f *Fake) After(lose func(forge.Action, forge.Receipt) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.after = lose
}

// Reads is asked before facts are read, with the id of the change or nothing for
// lists; with an error they cannot be. Nil ends it. It must not use the Fake.
func (f *Fake) Reads(fail func(id string) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads = fail
}
