package chart

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"helm.sh/helm/v4/pkg/chart/common"
	helm "helm.sh/helm/v4/pkg/chart/v2"

	"github.com/levee-gitops/levee/reconciler/target"
)

// schemaFile is where a chart says which values it takes.
const schemaFile = "values.schema.json"

// checkValues holds the values of a chart, and of each chart in it, against the schema that it
// has. Helm's library would fetch what a schema refers to; here that is a fault.
func checkValues(c *helm.Chart, values common.Values) []target.Fault {
	own, err := values.Table("Values")
	if err != nil {
		own = common.Values{}
	}
	return checkTable(c, own, "")
}

func checkTable(c *helm.Chart, values common.Values, folder string) []target.Fault {
	faults := checkSchema(c.Schema, values, folder+schemaFile)
	for _, sub := range c.Dependencies() {
		if own, err := values.Table(sub.Name()); err == nil {
			faults = append(faults, checkTable(sub, own, folder+"charts/"+sub.Name()+"/")...)
		}
	}
	return faults
}

// noReferences refuses to load anything.
type noReferences struct{}

func (noReferences) Load(url string) (any, error) {
	return nil, fmt.Errorf("nothing is fetched, also not %.100s", url)
}

func checkSchema(schema []byte, values common.Values, file string) []target.Fault {
	if len(schema) == 0 {
		return nil
	}
	unusable := func(err error) []target.Fault {
		return []target.Fault{{Path: file, Message: fmt.Sprintf("The schema of the chart's values cannot be used: %s.", oneLine(err.Error())), Remedy: "Mend it; what it refers to must stand in the same file."}}
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return unusable(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(noReferences{})
	if err := compiler.AddResource("chart:///"+schemaFile, document); err != nil {
		return unusable(err)
	}
	compiled, err := compiler.Compile("chart:///" + schemaFile)
	if err != nil {
		return unusable(err)
	}
	err = compiled.Validate(values.AsMap())
	var wrong *jsonschema.ValidationError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &wrong):
		return unusable(err)
	}
	for len(wrong.Causes) > 0 {
		wrong = wrong.Causes[0]
	}
	at := strings.Join(wrong.InstanceLocation, ".")
	if at == "" {
		at = "they"
	} else {
		at = "`" + oneLine(at) + "`"
	}
	said := wrong.ErrorKind.LocalizedString(message.NewPrinter(language.English))
	return []target.Fault{{Path: file, Message: fmt.Sprintf("The chart does not take the values of this app: %s, %s.", at, oneLine(said)), Remedy: "Change the app so that the chart takes it, use another blueprint, or widen the schema."}}
}
