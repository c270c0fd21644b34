package gate

import (
	encoding "encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/client-go/kubernetes/scheme"
)

// strict reads the kinds that Kubernetes itself has, and refuses fields that they do not.
var strict = json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme.Scheme, scheme.Scheme, json.SerializerOptions{Strict: true})

// byKind refuses what a kind of resource must not do, and fields that Kubernetes' own kinds
// do not have: the API server would refuse those after the change has landed.
func (c *checker) byKind() {
	gvk := c.of.Kind()
	if !scheme.Scheme.Recognizes(gvk) {
		return
	}
	raw, err := encoding.Marshal(c.of.Content)
	if err != nil {
		c.refuse([]string{"kind"}, fmt.Sprintf("%s cannot be read: %s", c.of, clean(err.Error())), "Mend the template")
		return
	}
	object, _, err := strict.Decode(raw, &gvk, nil)
	if err != nil && !runtime.IsStrictDecodingError(err) || object == nil {
		c.refuse([]string{"kind"}, fmt.Sprintf("%s is not as Kubernetes takes it: %s", c.of, clean(err.Error())), "Mend the template")
		return
	}
	if err != nil {
		c.refuse(fieldOf(err), fmt.Sprintf("%s has a field that Kubernetes does not know: %s", c.of, clean(err.Error())), "Look for a slip in its name, or for where it belongs")
	}
	if service, ok := object.(*corev1.Service); ok {
		c.service(service)
	}
}

// service refuses services that are reached from outside, or lead there.
func (c *checker) service(s *corev1.Service) {
	if s.Spec.Type != "" && s.Spec.Type != corev1.ServiceTypeClusterIP {
		c.refuse([]string{"spec", "type"}, fmt.Sprintf("A service of type `%s` opens the app, past what its access says", s.Spec.Type), "Leave the type out; how users reach an app follows from `kubernetes.ingress` in catalog.yaml")
	}
	if len(s.Spec.ExternalIPs) > 0 {
		c.refuse([]string{"spec", "externalIPs"}, "A service with `externalIPs` takes addresses away from others", "Remove them")
	}
	if s.Spec.ExternalName != "" {
		c.refuse([]string{"spec", "externalName"}, "A service with `externalName` leads out of the cluster", "Remove it, and list the host in the app's egress")
	}
}
