//go:build ignore

// Trim cuts GitHub's description of its interface down to the endpoints that the
// test server answers, and to what these refer to. The whole one is the file
// generated/api.github.com.json of the npm package @octokit/openapi:
//
//	go run trim.go < api.github.com.json > ../../../../fixtures/github/openapi.json
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// used lists the endpoints, with the path as the description spells it.
const used = `
GET /app
POST /app/installations/{installation_id}/access_tokens
GET /user
GET /orgs/{org}/teams/{team_slug}/members
GET /repos/{owner}/{repo}
GET /repos/{owner}/{repo}/activity
GET /repos/{owner}/{repo}/collaborators/{username}
POST /repos/{owner}/{repo}/check-runs
PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}
GET /repos/{owner}/{repo}/commits/{ref}
GET /repos/{owner}/{repo}/commits/{ref}/check-runs
GET /repos/{owner}/{repo}/commits/{ref}/statuses
GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls
GET /repos/{owner}/{repo}/compare/{basehead}
POST /repos/{owner}/{repo}/git/blobs
POST /repos/{owner}/{repo}/git/commits
GET /repos/{owner}/{repo}/git/ref/{ref}
POST /repos/{owner}/{repo}/git/refs
PATCH /repos/{owner}/{repo}/git/refs/{ref}
POST /repos/{owner}/{repo}/git/trees
GET /repos/{owner}/{repo}/git/trees/{tree_sha}
GET /repos/{owner}/{repo}/issues/{issue_number}/comments
POST /repos/{owner}/{repo}/issues/{issue_number}/comments
GET /repos/{owner}/{repo}/issues/comments/{comment_id}
PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}
GET /repos/{owner}/{repo}/issues/{issue_number}/timeline
GET /repos/{owner}/{repo}/pulls
POST /repos/{owner}/{repo}/pulls
GET /repos/{owner}/{repo}/pulls/{pull_number}
GET /repos/{owner}/{repo}/pulls/{pull_number}/commits
GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews
POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers
GET /repos/{owner}/{repo}/pulls/{pull_number}/comments
POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews
PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge
POST /repos/{owner}/{repo}/statuses/{sha}
`

func main() {
	if err := trim(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func trim(r io.Reader, w io.Writer) error {
	var whole map[string]any
	if err := json.NewDecoder(r).Decode(&whole); err != nil {
		return err
	}
	rest := map[string]any{"openapi": whole["openapi"], "info": map[string]any{"title": "endpoints used", "version": whole["info"].(map[string]any)["version"]}}
	paths, all := map[string]any{}, whole["paths"].(map[string]any)
	for line := range strings.Lines(strings.TrimSpace(used)) {
		method, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		item, ok := all[path].(map[string]any)
		if !ok || item[strings.ToLower(method)] == nil {
			return fmt.Errorf("the description has no %s %s", method, path)
		}
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path].(map[string]any)[strings.ToLower(method)] = plain(item[strings.ToLower(method)], false)
	}
	rest["paths"] = paths
	parts := map[string]any{}
	follow(whole, parts, paths)
	rest["components"] = parts
	out, err := json.MarshalIndent(rest, "", " ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(out, '\n'))
	return err
}

// follow copies the components that something refers to, and those they refer to.
func follow(whole, parts map[string]any, v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			follow(whole, parts, e)
		}
	case map[string]any:
		for key, e := range v {
			ref, ok := e.(string)
			if !ok || key != "$ref" {
				follow(whole, parts, e)
				continue
			}
			steps := strings.Split(strings.TrimPrefix(ref, "#/components/"), "/")
			kind, _ := parts[steps[0]].(map[string]any)
			if kind == nil {
				kind = map[string]any{}
				parts[steps[0]] = kind
			}
			if _, done := kind[steps[1]]; done {
				continue
			}
			found := plain(whole["components"].(map[string]any)[steps[0]].(map[string]any)[steps[1]], false)
			kind[steps[1]] = found
			follow(whole, parts, found)
		}
	}
}

// plain removes documentation from a schema. Below "properties" every key is a name and
// stays.
func plain(v any, names bool) any {
	switch v := v.(type) {
	case []any:
		list := []any{}
		for _, e := range v {
			list = append(list, plain(e, false))
		}
		return list
	case map[string]any:
		kept := map[string]any{}
		for key, e := range v {
			if !names && (key == "example" || key == "examples" || key == "externalDocs" || key == "tags" || key == "summary" ||
				key == "title" || strings.HasPrefix(key, "x-")) {
				continue
			}
			if key == "description" && !names {
				if _, text := e.(string); text {
					kept[key] = ""
					continue
				}
			}
			kept[key] = plain(e, key == "properties" && !names)
		}
		return kept
	}
	return v
}
