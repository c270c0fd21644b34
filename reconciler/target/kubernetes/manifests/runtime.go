package manifests

import (
	"encoding/json"
	"strconv"

	apiresource "k8s.io/apimachinery/pkg/api/resource"
)

// runtime is what runs of an app, and what it may use.
type runtime struct {
	Type, Image, Schedule string
	CPU                   json.Number
	Memory                json.Number // bytes
	Timeout               json.Number // seconds
}

// cpu is zero where the runtime document has no such number.
func (r *runtime) cpu() apiresource.Quantity {
	q, err := apiresource.ParseQuantity(string(r.CPU))
	if err != nil {
		return apiresource.Quantity{}
	}
	return q
}

func (r *runtime) memory() apiresource.Quantity {
	n, _ := strconv.ParseFloat(string(r.Memory), 64)
	return *apiresource.NewQuantity(int64(n), apiresource.BinarySI)
}

// limits are those of one container.
func (r *runtime) limits() map[string]any {
	cpu, memory := r.cpu(), r.memory()
	return map[string]any{"cpu": cpu.String(), "memory": memory.String()}
}

// seconds is the longest run of one request or job.
func (r *runtime) seconds() int64 {
	n, _ := strconv.ParseFloat(string(r.Timeout), 64)
	return max(1, int64(n))
}
