package settings

import "github.com/levee-gitops/levee/catalog/scalar"

// Question is one that people answer of an app before it is published, and that no program
// can answer: settings.questions has them by id.
type Question struct {
	Ask             string            `json:"ask" levee:"required,max=300" doc:"The question, in words that the owner of an app understands."`
	Risk            string            `json:"risk" levee:"default=medium,enum=low|medium|high,weak=high" doc:"The least risk of an app of which it is asked."`
	Classifications []string          `json:"classifications" levee:"set,max=4,enum=public|internal|confidential|restricted" doc:"Only of apps of these classifications; of all where it is left out."`
	Categories      []string          `json:"categories" levee:"set,max=8,enum=pii|financial|health|credentials|employee|customer" doc:"Only of apps that touch data of one of these categories; of all where it is left out."`
	About           []string          `json:"about" levee:"set,max=6,enum=data|integrations|egress|models|secrets|scopes" doc:"What of an app it is about. Of an app that has none of it, it is not asked; where some of it changes, the answer is to be given again."`
	Document        bool              `json:"document" doc:"Whether the answer names a document, by link and digest, such as a data-flow diagram."`
	Age             *scalar.Duration  `json:"age" doc:"How long an answer holds; without end where it is left out."`
	Approvers       []scalar.Approver `json:"approvers" levee:"set,max=8" doc:"Roles that agree to the answer, each of them."`
}
