// Package deploy drives what is admitted into targets, and looks after it there:
//
//	claim.go      what targets lack of what is admitted, as far as there is room → claims
//	waiting.go    what waits for the apps that it needs → claims, once they are ready
//	render.go     what an app becomes in an environment, as it was admitted
//	deploy.go     claims that landed → effects beside the passes → receipts
//	effect.go     one app into one environment: observe, plan, apply
//	health.go     what targets hold → how what is applied does → health records
//	drift.go      what targets hold → what was changed by hand → corrections
//	look.go       looks at everything from time to time → what targets hold
//	fights.go     what is changed back again and again → told, and corrected less often
//	watch.go      targets that tell of changes → looks at single apps (nudges.go, sightings.go) → passes
//	witnesses.go  the tip of the ledger that targets were given last
//	plan.go       what would be done
package deploy
