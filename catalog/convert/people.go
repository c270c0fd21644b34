package convert

import (
	"strings"

	"github.com/levee-gitops/levee/catalog/guess"
)

// Files name owners by address, by name or by id. A catalog names people by id, and says in
// roles.yaml who that is: what a file says of a person goes there.

// personOf is the id of the person that a file names by a name, an address or both; one
// address is one person. What of it is more than the id is taken into roles.yaml.
func personOf(c *conversion, name, address field) string {
	email, text := strings.ToLower(address.text()), name.text()
	id := c.out.people[email]
	if email == "" || id == "" {
		word := text
		if word == "" {
			word, _, _ = strings.Cut(email, "@")
		}
		id = guess.Name(word, func(try string) bool { return email == "" || !c.out.ids[try] })
	}
	if email != "" {
		c.out.people[email], c.out.ids[id] = id, true
	}
	return id
}

// takePersonKnown takes what a file says of a person into roles.yaml, beside the id of theirs
// that was taken elsewhere.
func takePersonKnown(c *conversion, id string, name, address field) {
	if text := name.text(); text != "" && text != id {
		putOrAlso(c, name, c.roles("people", id), "name", name.node.Value)
	}
	if address.text() != "" {
		putOrAlso(c, address, c.roles("people", id), "email", address.text())
	}
}

func putOrAlso(c *conversion, f field, g group, name, value string) {
	if c.accounted[f.node] {
		c.also(f, g, name, str(value))
	} else {
		c.put(f, g, name, str(value), "")
	}
}

// takeOwnedBy takes the owner of the app: by name and address, or by whichever there is. It
// returns the id of theirs.
func takeOwnedBy(c *conversion, name, address field) string {
	if name.text() == "" && address.text() == "" {
		return ""
	}
	first := name
	if first.text() == "" {
		first = address
	}
	id := personOf(c, name, address)
	remark := ""
	if id != first.text() {
		remark = "People have ids in a catalog: this one is " + id + ", in roles.yaml."
	}
	c.put(first, c.app.in("spec", "owner"), "person", str(id), remark)
	takePersonKnown(c, id, name, address)
	return id
}

// takeTeam takes the team that an app belongs to.
func takeTeam(c *conversion, team field, g group, field string) {
	value, remark := c.read(team, asName)
	if value == nil {
		return
	}
	c.put(team, g, field, value, remark)
	if value.Value != team.text() {
		c.also(team, c.roles("teams", value.Value), "title", str(team.node.Value))
	}
}

// takeOwner takes the owner of an app as the dialects write it: one word, or a group of name,
// address and team.
func takeOwner(c *conversion, f field) {
	if f.text() != "" {
		if strings.Contains(f.text(), "@") {
			takeOwnedBy(c, field{}, f)
		} else {
			takeOwnedBy(c, f, field{})
		}
		return
	}
	name, contact, team := f.child("name", "person"), f.child("contact", "email", "mail"), f.child("team", "group")
	if contact.text() != "" && !strings.Contains(contact.text(), "@") {
		c.put(contact, c.app.in("spec", "runbook"), "contact", str(contact.text()), "It is whom to reach when the app misbehaves.")
		contact = field{}
	}
	id := takeOwnedBy(c, name, contact)
	if team.text() == "" {
		return
	}
	takeTeam(c, team, c.app.in("spec", "owner"), "team")
	if id != "" && c.accounted[team.node] {
		value, _, _ := asName(team.text())
		c.add(team, c.roles("teams", value.Value), "members", str(id), "The owner is one of the team.")
	}
}
