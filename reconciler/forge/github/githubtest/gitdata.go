package githubtest

import (
	"encoding/base64"
	"net/http"
	"strings"
)

func (s *Server) getTree(c *call) (answer, error) {
	out, err := s.git("ls-tree", "-z", c.PathValue("tree_sha")+"^{tree}")
	if err != nil {
		return answer{}, refuse(http.StatusNotFound, "Not Found")
	}
	entries := []any{}
	for line := range strings.SplitSeq(strings.TrimRight(out, "\x00"), "\x00") {
		head, path, ok := strings.Cut(line, "\t")
		f := strings.Fields(head)
		if !ok {
			continue
		}
		entries = append(entries, obj{"mode": f[0], "type": f[1], "sha": f[2], "path": path})
	}
	return s.object(http.StatusOK, "git-tree", obj{"sha": c.PathValue("tree_sha"), "tree": entries})
}

func (s *Server) createBlob(c *call) (answer, error) {
	content, _ := c.body["content"].(string)
	if c.body["encoding"] == "base64" {
		raw, err := base64.StdEncoding.DecodeString(content)
		if err != nil {
			return answer{}, refuse(http.StatusUnprocessableEntity, "content is not valid Base64")
		}
		content = string(raw)
	}
	sha, err := s.gitAs("", "", content, "hash-object", "-w", "--stdin")
	if err != nil {
		return answer{}, err
	}
	return s.object(http.StatusCreated, "short-blob", obj{"sha": sha})
}

// createTree makes a tree from another and entries. To delete a path that is not there is
// an error, as on GitHub.
func (s *Server) createTree(c *call) (answer, error) {
	base, _ := c.body["base_tree"].(string)
	have := map[string]string{} // path → mode and object
	if base != "" {
		out, err := s.git("ls-tree", "-r", "-z", base)
		if err != nil {
			return answer{}, refuse(http.StatusNotFound, "Not Found")
		}
		for line := range strings.SplitSeq(strings.TrimRight(out, "\x00"), "\x00") {
			if head, path, ok := strings.Cut(line, "\t"); ok {
				f := strings.Fields(head)
				have[path] = f[0] + " " + f[2]
			}
		}
	}
	entries, _ := c.body["tree"].([]any)
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		path, _ := entry["path"].(string)
		sha, given := entry["sha"]
		if given && sha == nil {
			if have[path] == "" {
				return answer{}, refuse(http.StatusUnprocessableEntity, "GitRPC::BadObjectState")
			}
			delete(have, path)
			continue
		}
		mode, _ := entry["mode"].(string)
		id, _ := sha.(string)
		have[path] = mode + " " + id
	}
	sha, err := s.writeTree(have)
	if err != nil {
		return answer{}, err
	}
	return s.object(http.StatusCreated, "git-tree", obj{"sha": sha, "tree": []any{}})
}

// writeTree writes the tree, with its subtrees, of a flat list of files.
func (s *Server) writeTree(have map[string]string) (string, error) {
	below, lines := map[string]map[string]string{}, strings.Builder{}
	for path, entry := range have {
		dir, rest, nested := strings.Cut(path, "/")
		if !nested {
			mode, id, _ := strings.Cut(entry, " ")
			lines.WriteString(mode + " blob " + id + "\t" + path + "\x00")
			continue
		}
		if below[dir] == nil {
			below[dir] = map[string]string{}
		}
		below[dir][rest] = entry
	}
	for dir, entries := range below {
		id, err := s.writeTree(entries)
		if err != nil {
			return "", err
		}
		lines.WriteString("040000 tree " + id + "\t" + dir + "\x00")
	}
	return s.gitAs("", "", lines.String(), "mktree", "-z")
}

func (s *Server) createCommit(c *call) (answer, error) {
	tree, _ := c.body["tree"].(string)
	message, _ := c.body["message"].(string)
	args := []string{"commit-tree", tree, "-m", message}
	parents, _ := c.body["parents"].([]any)
	for _, p := range parents {
		args = append(args, "-p", p.(string))
	}
	sha, err := s.gitAs(c.by, c.by+"@users.noreply.github.com", "", args...)
	if err != nil {
		return answer{}, refuse(http.StatusUnprocessableEntity, "Tree SHA does not exist")
	}
	return s.object(http.StatusCreated, "git-commit", obj{"sha": sha, "message": message, "tree": obj{"sha": tree}})
}

func (s *Server) reference(status int, name string) (answer, error) {
	return s.object(status, "git-ref", obj{"ref": name, "object": obj{"sha": s.ref(name), "type": "commit"}})
}

func (s *Server) getRef(c *call) (answer, error) {
	name := "refs/" + c.PathValue("ref")
	if s.ref(name) == "" {
		return answer{}, refuse(http.StatusNotFound, "Not Found")
	}
	return s.reference(http.StatusOK, name)
}

func (s *Server) createRef(c *call) (answer, error) {
	name, _ := c.body["ref"].(string)
	sha, _ := c.body["sha"].(string)
	if s.ref(name) != "" {
		return answer{}, refuse(http.StatusUnprocessableEntity, "Reference already exists")
	}
	if _, err := s.git("check-ref-format", name); err != nil {
		return answer{}, refuse(http.StatusUnprocessableEntity, "%s is not a valid ref name.", name)
	}
	if err := s.move(c.by, s.owner+"/"+s.repo, strings.TrimPrefix(name, "refs/heads/"), sha, false); err != nil {
		return answer{}, err
	}
	return s.reference(http.StatusCreated, name)
}

func (s *Server) updateRef(c *call) (answer, error) {
	name := "refs/" + c.PathValue("ref")
	sha, _ := c.body["sha"].(string)
	if s.ref(name) == "" {
		return answer{}, refuse(http.StatusUnprocessableEntity, "Reference does not exist")
	}
	force, _ := c.body["force"].(bool)
	if err := s.move(c.by, s.owner+"/"+s.repo, strings.TrimPrefix(name, "refs/heads/"), sha, force); err != nil {
		return answer{}, err
	}
	return s.reference(http.StatusOK, name)
}
