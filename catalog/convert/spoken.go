package convert

import "go.yaml.in/yaml/v3"

// Word is how a field of an app says what another program says with a word; ok is false
// where it has no word for that. Fields that are not listed say it with the same word.
func Word(field, word string) (now string, ok bool) {
	if field == "spec.classification" {
		line, ok := classify(word)
		return line.As, ok
	}
	how, ok := map[string]reading{
		"spec.lifecycle.stage": asStage, "spec.runtime.type": asType, "spec.access.sso": asSSO, "spec.data[].access": asAccess,
		"spec.secrets[].store": asStore, "spec.egress[]": asDomain, "spec.compliance[]": asScope,
	}[field]
	if !ok {
		return word, true
	}
	var node *yaml.Node
	if node, _, _ = how(word); node == nil {
		return "", false
	}
	return node.Value, true
}
