package work

import "time"

// The pauses after a failure that may pass: the first, which doubles, and the longest.
const firstPause, longestPause = 10 * time.Minute, 6 * time.Hour

// Pause is how long to wait after a failure that may pass, by how many came before it in a row.
func Pause(before int) time.Duration { return min(firstPause<<min(before, 8), longestPause) }

// ForgeLane is where requests to the forge wait for their turn.
const ForgeLane = "forge"
