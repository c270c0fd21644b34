// Package reconciler runs the three loops of Levee, all of one shape: facts →
// snapshots → decision → claims → effects → receipts → notices.
package reconciler
