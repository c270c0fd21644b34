// Package settings is what an organisation decides for all of its apps: the body of catalog.yaml. Each
// type is a section of that file, with its fields, their defaults, bounds and the sentence that the
// documentation says of them; what is written there is read and checked by package catalog, and rules see
// it as data.settings.
//
// settings.go has the whole and the sections about environments, gates, approvals, lifecycle and limits;
// the other files have a section each. Who is asked for approval is approvers.go, how single rules are set
// rules.go.
package settings
