package catalog

import (
	"strings"

	"github.com/levee-gitops/levee/catalog/schema"
)

// Schema is the JSON Schema (draft 2020-12) of a kind as people write it, for
// editors and for readers in other languages. It is computed from the same tags
// as the parse.
func Schema(kind Kind) map[string]any {
	root := schema.JSON(newObject(kind))
	properties := root["properties"].(map[string]any)
	properties["apiVersion"] = map[string]any{"const": APIVersion, "description": "Version of the kinds."}
	properties["kind"] = map[string]any{"const": string(kind), "description": "The kind of this file."}
	root["required"] = append([]any{"apiVersion", "kind"}, root["required"].([]any)...)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "https://levee.dev/schema/v1/" + strings.ToLower(string(kind)) + ".json"
	root["title"] = string(kind)
	return root
}

// ValueSchema is the JSON Schema of a kind as rules see it: amounts normalised,
// defaults filled in. Rules are compiled against it, so that a misspelt field is
// a mistake at its line and not a rule that never fires.
func ValueSchema(kind Kind) map[string]any {
	return schema.ValueJSON(newObject(kind))
}

// SchemaPath is where a catalog keeps the schema of a kind for editors, if it keeps any.
func SchemaPath(kind Kind) string { return "schemas/" + string(kind) + ".json" }

// SchemaLine is a first line of the file at a path, which tells editors of the schema that the catalog keeps.
func SchemaLine(path string, kind Kind) string {
	return "# yaml-language-server: $schema=" + strings.Repeat("../", strings.Count(path, "/")) + SchemaPath(kind) + "\n"
}
