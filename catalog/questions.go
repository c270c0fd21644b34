package catalog

// Question is one that people answer of an app before it is published, and that no program
// can answer: settings.questions has them by id.
type Question struct {
	Ask             string     `json:"ask" levee:"required,max=300" doc:"The question, in words that the owner of an app understands."`
	Risk            string     `json:"risk" levee:"default=medium,enum=low|medium|high,weak=high" doc:"The least risk of an app of which it is asked."`
	Classifications []string   `json:"classifications" levee:"set,max=4,enum=public|internal|confidential|restricted" doc:"Only of apps of these classifications; of all where it is left out."`
	Categories      []string   `json:"categories" levee:"set,max=8,enum=pii|financial|health|credentials|employee|customer" doc:"Only of apps that touch data of one of these categories; of all where it is left out."`
	About           []string   `json:"about" levee:"set,max=6,enum=data|integrations|egress|models|secrets|scopes" doc:"What of an app it is about. Of an app that has none of it, it is not asked; where some of it changes, the answer is to be given again."`
	Document        bool       `json:"document" doc:"Whether the answer names a document, by link and digest, such as a data-flow diagram."`
	Age             *Duration  `json:"age" doc:"How long an answer holds; without end where it is left out."`
	Approvers       []Approver `json:"approvers" levee:"set,max=8" doc:"Roles that agree to the answer, each of them."`
}

// Answer is the answer of an app to one question of the settings.
type Answer struct {
	Question Name   `json:"question" levee:"required" doc:"The question, by its id in settings.questions."`
	Answer   string `json:"answer" levee:"required,max=1000" doc:"The answer, in a few sentences."`
	Date     Date   `json:"date" levee:"required" doc:"The day it was given, or last found to be still true."`
	Link     string `json:"link" levee:"max=512" doc:"Where the document can be read that it refers to."`
	Digest   string `json:"digest" levee:"pattern=^sha256:[0-9a-f]{64}$" like:"sha256: and the 64 digits and letters that sha256sum prints|sha256:" doc:"SHA-256 of that document."`
}
