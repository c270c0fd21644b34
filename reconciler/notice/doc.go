// Package notice sends the notices of scheduled reviews, beside the passes.
//
//	an announcement → who is to be told now → claims → the sender → what is recorded
//
// A notice is sent only where its claim landed, and its record is its receipt. One that could not be sent
// holds up no other; it is tried again after a pause, or with the next review.
package notice
