package catalog

// Answer is the answer of an app to one question of the settings.
type Answer struct {
	Question Name   `json:"question" levee:"required" doc:"The question, by its id in settings.questions."`
	Answer   string `json:"answer" levee:"required,max=1000" doc:"The answer, in a few sentences."`
	Date     Date   `json:"date" levee:"required" doc:"The day it was given, or last found to be still true."`
	Link     string `json:"link" levee:"max=512" doc:"Where the document can be read that it refers to."`
	Digest   string `json:"digest" levee:"pattern=^sha256:[0-9a-f]{64}$" like:"sha256: and the 64 digits and letters that sha256sum prints|sha256:" doc:"SHA-256 of that document."`
}
