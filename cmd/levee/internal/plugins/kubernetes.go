package plugins

import (
	"context"

	"k8s.io/client-go/rest"

	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/artefact"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/checkup"
)

// Kubernetes is the target kubernetes.
func Kubernetes() Target {
	return Target{Open: newKubernetes, Renders: &kubernetes.Renderer{}, Print: artefact.Print, Examine: examineKubernetes}
}

func newKubernetes(c config.Target) (target.Target, error) {
	config, err := kubernetes.Config(c.Kubeconfig, c.Context)
	if err != nil {
		return nil, err
	}
	return kubernetes.New(kubernetes.Options{Config: config, Namespace: c.Namespace, Impersonate: c.Impersonate, QPS: c.QPS})
}

func examineKubernetes(ctx context.Context, of Examined) []target.Check {
	unread := func(err error) []target.Check {
		return []target.Check{{What: "kubeconfig", State: target.CheckWrong, Detail: err.Error(), Remedy: "look at kubeconfig and context of the target in levee.yaml, or at --kubeconfig"}}
	}
	config, err := kubernetes.Config(of.Config.Kubeconfig, of.Config.Context)
	if err != nil {
		return unread(err)
	}
	var reader *rest.Config
	if of.Reader != "" {
		if reader, err = kubernetes.Config(of.Reader, ""); err != nil {
			return unread(err)
		}
	}
	o := checkup.Options{
		Config: config, Reader: reader, Rights: of.Rights, Guard: of.Guard, Environments: of.Environments, Shares: of.Shares, Now: of.Now, Skew: reconciler.MaxSkew,
	}
	if of.Settings != nil {
		if o.Settings = of.Settings.Kubernetes; o.Settings == nil {
			defaults := settings.DefaultKubernetes()
			o.Settings = &defaults
		}
	}
	return checkup.Examine(ctx, o)
}
