// Package chart renders Helm charts, and is the only home of Helm's library. It reaches no
// cluster, no network and no file outside the chart, and the same chart and values give the
// same, wherever and whenever that is.
//
//	chart files, values, release → a child process of its own (render.go; catalog/sandbox)
//	in the child: load → values against values.schema.json (schema.go) → templates, without
//	what tells time, draws lots or looks outside (functions.go) → YAML → resources (child.go)
//	resources with the template each comes from, or faults at the template's line (fault.go)
//
// A chart is what somebody proposed, and its templates are programs: they can run and grow
// without end. So they run in the child, with limits of memory, time and output, and
// whatever exceeds them is a fault of the chart.
package chart
