package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// coveragePage is docs/coverage.md.
func coveragePage(books []playbook, beyond map[string]string) string {
	var b strings.Builder
	all := make([]map[string]int, len(books))
	sum := map[string]int{}
	for i, book := range books {
		all[i] = map[string]int{}
		for _, item := range book.Items {
			all[i][item.State]++
			all[i]["all"]++
			sum[item.State]++
			sum["all"]++
		}
	}
	fmt.Fprintf(&b, `# What the playbooks ask for

Five playbooks on governing small apps ask for %d things. This page has each of them, how far it is here, and what answers it. A test
writes it (`+"`go test ./cmd/levee -run TestCoverage -update`"+`) from `+"`cmd/levee/testdata/coverage`"+`, and fails where it names what there is not.

- **done**: it is asked of apps, or done for them, and a test holds it.
- **partly**: some of it is there, or it is declared in a file and nothing looks whether it is so.
- **no**: it is not here.

Settings are paths in `+"`catalog.yaml`"+`, below `+"`spec`"+`. Fields are those of an app's file, or of the kind that is named before them; `+"`levee schema`"+`
describes them all. Tests are named by their folder.

| playbook | asks for | done | partly | no |
|---|---|---|---|---|
`, sum["all"])
	row := func(title string, n map[string]int) {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", title, n["all"], n["done"], n["partly"], n["no"])
	}
	for i, book := range books {
		row(fmt.Sprintf("[%d: %s](#%s)", i, book.Title, anchorOf(bookHeading(i, book))), all[i])
	}
	row("together", sum)
	for i, book := range books {
		fmt.Fprintf(&b, "\n## %s\n\n| asked for | state | answered by | missing |\n|---|---|---|---|\n", bookHeading(i, book))
		for _, item := range book.Items {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", item.Asks, item.State, shownAnswers(item.By), item.Missing)
		}
	}
	b.WriteString("\n## Rules beyond the playbooks\n\n| rule | why it is there |\n|---|---|\n")
	for _, id := range slices.Sorted(maps.Keys(beyond)) {
		fmt.Fprintf(&b, "| %s | %s |\n", shownAnswer("rules", id), beyond[id])
	}
	return b.String()
}

func bookHeading(i int, book playbook) string { return fmt.Sprintf("Playbook %d: %s", i, book.Title) }

// shownAnswers lists what answers an item, a line for each kind.
func shownAnswers(by map[string][]string) string {
	var lines []string
	for _, kind := range answerKinds {
		var shown []string
		for _, name := range by[kind] {
			shown = append(shown, shownAnswer(kind, name))
		}
		if len(shown) > 0 {
			lines = append(lines, kind+" "+strings.Join(shown, ", "))
		}
	}
	return strings.Join(lines, "<br>")
}

// shownAnswer is one name, with a link to its page where it has one.
func shownAnswer(kind, name string) string {
	switch kind {
	case "rules":
		return fmt.Sprintf("[%s](rules/%s.md)", name, name)
	case "commands":
		command, _, _ := strings.Cut(name, " --")
		return fmt.Sprintf("[%s](cli/%s.md)", name, strings.ReplaceAll(command, " ", "_"))
	case "docs":
		return fmt.Sprintf("[%s](%s)", name, name)
	default:
		return "`" + name + "`"
	}
}

var noAnchor = regexp.MustCompile(`[^\pL\pN _-]`)

// anchorOf is what GitHub and GitLab call a heading in an address.
func anchorOf(title string) string {
	return strings.ReplaceAll(noAnchor.ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), ""), " ", "-")
}
