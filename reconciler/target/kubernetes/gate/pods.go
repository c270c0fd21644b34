package gate

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apiresource "k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	psa "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// profile is the restricted Pod Security profile, in the code that the API server uses.
var profile = sync.OnceValue(func() policy.Evaluator {
	e, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		panic("gate: the checks of the library fit together: " + err.Error()) // unreachable
	}
	return e
})

var restricted = psa.LevelVersion{Level: psa.LevelRestricted, Version: psa.LatestVersion()}

// pod refuses what the pods of an app may not do.
func (c *checker) pod(p resource.Pod) {
	spec, err := p.Spec()
	if err != nil {
		c.refuse(fieldOf(err), fmt.Sprintf("The pod of %s is not as Kubernetes takes it: %s", c.of, clean(err.Error())), "Mend the template")
		return
	}
	for _, result := range profile().EvaluatePod(restricted, &metav1.ObjectMeta{}, spec) {
		if !result.Allowed {
			c.refuse(fieldNamed(result.ForbiddenDetail), fmt.Sprintf("The pod of %s would be refused by the restricted profile: %s (%s)", c.of, clean(result.ForbiddenReason), clean(result.ForbiddenDetail)),
				"Change it so that it asks for less; what it leaves out is filled in")
		}
	}
	c.place(spec)
	c.volumes(spec)
	c.containers(p, spec)
}

// place refuses another identity, and choices of where a pod runs.
func (c *checker) place(spec *corev1.PodSpec) {
	if name := spec.ServiceAccountName; name != c.App {
		c.refuse([]string{"serviceAccountName"}, fmt.Sprintf("The pod would run as the service account `%s`", clean(name)), fmt.Sprintf("Leave it out; it becomes `%s`", c.App))
	}
	if name := deref(spec.RuntimeClassName); name != c.RuntimeClass {
		c.refuse([]string{"runtimeClassName"}, fmt.Sprintf("The pod would run in the runtime class `%s`", clean(name)), "Leave it out; it follows from the app's class in `kubernetes.classes` of catalog.yaml")
	}
	for field, set := range map[string]bool{
		"nodeName": spec.NodeName != "", "schedulerName": spec.SchedulerName != "" && spec.SchedulerName != corev1.DefaultSchedulerName,
		"priorityClassName": spec.PriorityClassName != "", "priority": spec.Priority != nil, "tolerations": len(spec.Tolerations) > 0, "hostAliases": len(spec.HostAliases) > 0,
	} {
		if set {
			c.refuse([]string{field}, fmt.Sprintf("With `%s` the pod takes a place before others", field), "Remove it; where apps run is the cluster's choice")
		}
	}
}

// volumes refuses what belongs to others. Which sorts of volumes there may be is told by the
// profile.
func (c *checker) volumes(spec *corev1.PodSpec) {
	check := func(what, name string) {
		if name != "" && !c.own(name) {
			c.refuse([]string{"volumes"}, fmt.Sprintf("The %s `%s` is not this app's", what, clean(name)), fmt.Sprintf("Use one that is called `%s`, or begins with `%s-`", c.App, c.App))
		}
	}
	projected := func(s corev1.VolumeProjection) {
		if s.Secret != nil {
			check("secret", s.Secret.Name)
		}
		if s.ConfigMap != nil {
			check("config map", s.ConfigMap.Name)
		}
		if s.ServiceAccountToken != nil {
			c.refuse([]string{"serviceAccountToken"}, "The pod would be given a token for the cluster", "Remove it; apps have no rights there")
		}
	}
	for _, v := range spec.Volumes {
		if v.Secret != nil {
			check("secret", v.Secret.SecretName)
		}
		if v.ConfigMap != nil {
			check("config map", v.ConfigMap.Name)
		}
		if v.PersistentVolumeClaim != nil {
			check("claim", v.PersistentVolumeClaim.ClaimName)
		}
		if v.CSI != nil {
			c.refuse([]string{"csi"}, "A volume of a driver may reach whatever the driver can", "Use a PersistentVolumeClaim")
		}
		if v.Projected != nil {
			for _, s := range v.Projected.Sources {
				projected(s)
			}
		}
	}
	if deref(spec.AutomountServiceAccountToken) {
		c.refuse([]string{"automountServiceAccountToken"}, "The pod would be given a token for the cluster", "Leave it out; apps have no rights there")
	}
}

// containers refuses other images, and more than the app's limits. Pods run their containers
// side by side, so that it is the sum that counts; those that only begin run one by one.
func (c *checker) containers(p resource.Pod, spec *corev1.PodSpec) {
	images := map[string]bool{}
	var cpu, memory apiresource.Quantity
	for _, one := range p.Containers() {
		image, _ := one["image"].(string)
		if !slices.Contains(c.Images, image) && !images[image] {
			images[image] = true
			c.refuse([]string{"image"}, fmt.Sprintf("The image `%s` is not this app's", clean(image)), "Use `{{ .Values.runtime.image }}`; images that every app may run beside are listed, by digest, as `kubernetes.images` in catalog.yaml")
		}
	}
	if len(spec.EphemeralContainers) > 0 {
		c.refuse([]string{"ephemeralContainers"}, "Ephemeral containers are for people who look into a pod", "Remove them")
	}
	limits := func(one corev1.Container) (apiresource.Quantity, apiresource.Quantity) {
		for _, from := range one.EnvFrom {
			if from.SecretRef != nil && !c.own(from.SecretRef.Name) || from.ConfigMapRef != nil && !c.own(from.ConfigMapRef.Name) {
				c.refuse([]string{"envFrom"}, fmt.Sprintf("The container `%s` reads what is not this app's", clean(one.Name)), "Read what is called as the app, or begins with its name")
			}
		}
		for _, env := range one.Env {
			if ref := env.ValueFrom; ref != nil && (ref.SecretKeyRef != nil && !c.own(ref.SecretKeyRef.Name) || ref.ConfigMapKeyRef != nil && !c.own(ref.ConfigMapKeyRef.Name)) {
				c.refuse([]string{env.Name}, fmt.Sprintf("The variable `%s` comes from what is not this app's", clean(env.Name)), "Read what is called as the app, or begins with its name")
			}
		}
		if one.Resources.Limits.Cpu().IsZero() || one.Resources.Limits.Memory().IsZero() {
			c.refuse([]string{"resources"}, fmt.Sprintf("The container `%s` has no limits", clean(one.Name)), "Give each container its share; where there is one alone, leave them out")
		}
		return *one.Resources.Limits.Cpu(), *one.Resources.Limits.Memory()
	}
	for _, one := range spec.Containers {
		a, b := limits(one)
		cpu.Add(a)
		memory.Add(b)
	}
	for _, one := range spec.InitContainers {
		a, b := limits(one)
		if one.RestartPolicy != nil { // it goes on beside the others
			cpu.Add(a)
			memory.Add(b)
		} else if a.Cmp(c.CPU) > 0 || b.Cmp(c.Memory) > 0 {
			c.refuse([]string{"initContainers"}, fmt.Sprintf("The container `%s` may use more than the app's limits", clean(one.Name)), "Lower its limits, or raise those of the app")
		}
	}
	if cpu.Cmp(c.CPU) > 0 || memory.Cmp(c.Memory) > 0 {
		c.refuse([]string{"resources"}, fmt.Sprintf("The containers may use cpu %s and memory %s together, and the app has %s and %s", &cpu, &memory, &c.CPU, &c.Memory), "Lower their limits, or raise those of the app")
	}
}

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// fieldNamed is the field that a detail of the profile names last, as in
// `container "a" must set securityContext.privileged=false`.
func fieldNamed(detail string) []string {
	for _, word := range slices.Backward(strings.FieldsFunc(detail, func(r rune) bool { return strings.ContainsRune(` "=;,()`, r) })) {
		if i := strings.LastIndexByte(word, '.'); i > 0 {
			return []string{word[i+1:]}
		}
	}
	for _, known := range []string{"hostNetwork", "hostPID", "hostIPC", "hostPath", "hostPort"} {
		if strings.Contains(detail, known) {
			return []string{known}
		}
	}
	return []string{"containers"}
}
