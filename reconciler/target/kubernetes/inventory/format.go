package inventory

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The keys of an inventory's config map.
const (
	inventoryKey = "inventory.json"
	documentKey  = "document.json.gz"
)

// maxDocument bounds what an inventory's document becomes when it is unpacked.
const maxDocument = 4 << 20

// Name is what the config map of an app is called.
func Name(environment, app string) string { return environment + "." + app }

// LabelRole tells inventories, whose Role it is, from what else is in their namespace.
const (
	LabelRole   = "levee.dev/role"
	Role        = "inventory"
	roleWitness = "witness"
)

// parse never fails: one that is damaged hides no other app.
func parse(object *unstructured.Unstructured) *Inventory {
	inv := &Inventory{object: object}
	text, _, _ := unstructured.NestedString(object.Object, "data", inventoryKey)
	if err := json.Unmarshal([]byte(text), inv); err != nil {
		inv.Damaged = "its inventory cannot be read: " + err.Error()
		return inv
	}
	packed, ok, _ := unstructured.NestedString(object.Object, "binaryData", documentKey)
	if !ok {
		return inv
	}
	document, err := unpack(packed)
	if err != nil {
		inv.Damaged = "the document in its inventory cannot be read: " + err.Error()
	}
	inv.Document = document
	return inv
}

func unpack(packed string) (json.RawMessage, error) {
	raw, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	document, err := io.ReadAll(io.LimitReader(r, maxDocument))
	if err == nil && !json.Valid(document) {
		err = errors.New("it is no JSON")
	}
	return document, err
}
