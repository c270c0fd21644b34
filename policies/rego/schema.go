package rego

import (
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/levee-gitops/levee/catalog"
)

// inputSchemas is the schema of the input of rules. The compiler checks every rule against
// it.
var inputSchemas = sync.OnceValue(func() *ast.SchemaSet {
	schemas := ast.NewSchemaSet()
	schemas.Put(ast.SchemaRootRef, InputSchema())
	return schemas
})

// InputSchema is the JSON Schema of the input of rules.
func InputSchema() map[string]any {
	spec := func(kind catalog.Kind) map[string]any {
		return catalog.ValueSchema(kind)["properties"].(map[string]any)["spec"].(map[string]any)
	}
	withID := func(schema map[string]any) map[string]any {
		schema["properties"].(map[string]any)["id"] = text
		return schema
	}
	app := catalog.ValueSchema(catalog.KindApp)
	human := object(map[string]any{
		"id": text, "bot": truth, "left": truth, "teams": list(text),
		"since": text, "buddy": text, "mfa": truth,
		"certifications": list(object(map[string]any{"name": text, "until": text})),
	})
	return object(map[string]any{
		"app":      app,
		"admitted": nullable(app),
		"refs": object(map[string]any{
			"blueprint":    nullable(object(map[string]any{"name": text, "spec": spec(catalog.KindBlueprint)})),
			"vendors":      dictionary(spec(catalog.KindVendor)),
			"dataSets":     dictionary(nullable(spec(catalog.KindDataSet))),
			"domains":      dictionary(nullable(text)),
			"alternatives": dictionary(list(text)),
			"owner": object(map[string]any{
				"person": nullable(human), "fallback": nullable(human),
				"team": nullable(object(map[string]any{"id": text, "members": list(text)})),
			}),
			"reviewer":     nullable(human),
			"dependencies": dictionary(nullable(object(map[string]any{"stage": text, "classification": text}))),
			"places":       dictionary(object(map[string]any{"own": truth, "team": text, "sandbox": truth})),
			"instead":      dictionary(dictionary(object(map[string]any{"near": text, "unread": text, "others": list(text)}))),
			"waivers":      list(withID(spec(catalog.KindWaiver))),
			"grants":       list(withID(spec(catalog.KindGrant))),
			"evidence":     list(evidence),
			"image":        object(map[string]any{"unsigned": text, "remedy": text}),
		}),
		"facts": object(map[string]any{
			"catalog":  object(map[string]any{"sameName": list(text), "cycle": list(text), "teamTotal": number, "teamLimit": number}),
			"author":   nullable(object(map[string]any{"person": text, "bot": truth})),
			"schedule": text,
			"reach":    object(map[string]any{"environments": list(text), "production": truth}),
		}),
		"today": text,
	})
}

var (
	text   = map[string]any{"type": "string"}
	truth  = map[string]any{"type": "boolean"}
	number = map[string]any{"type": "number"}
)

// evidence is one file in the folder evidence/ beside an app, or one signed statement of one.
// Its trouble says why it says
// nothing; all else is empty then.
var evidence = object(map[string]any{
	"name": text, "kind": text, "format": text, "version": text, "tool": text, "made": text, "trouble": text,
	"about": list(text), "parts": number, "unlicensed": number, "licences": list(object(map[string]any{"expression": text, "parts": number, "choices": list(list(text))})),
	"scanned": truth, "open": dictionary(number), "answered": number, "answers": number,
	"passed": number, "failed": number, "skipped": number, "covered": number, "code": number,
	"builder": text, "source": text, "signers": list(text), "identity": text, "unsigned": text, "remedy": text,
	"vulnerabilities": list(object(map[string]any{
		"id": text, "severity": text, "score": number, "part": text, "version": text,
		"fixedIn": text, "published": text, "state": text, "reason": text,
	})),
})

func list(of map[string]any) map[string]any { return map[string]any{"type": "array", "items": of} }

func object(properties map[string]any) map[string]any {
	return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
}

func dictionary(of map[string]any) map[string]any {
	return map[string]any{"type": "object", "additionalProperties": of}
}

func nullable(schema map[string]any) map[string]any {
	return map[string]any{"anyOf": []any{schema, map[string]any{"type": "null"}}}
}
