package settings

import "github.com/levee-gitops/levee/catalog/scalar"

// Data is what apps may say of data, and what sensitive data asks for.
type Data struct {
	Catalogued bool             `json:"catalogued" doc:"Whether apps may name data sets of the folder data/ alone. Without it a name that has no file there is free, and only what the app itself says of the data counts."`
	Floors     CategoryClass    `json:"floors" doc:"The least classification of an app, by the category of data it touches."`
	Risks      CategoryRisk     `json:"risks" doc:"The risk of an app, by the category of data it touches."`
	Assessed   *scalar.Duration `json:"assessed" doc:"How long a data protection impact assessment holds; until the use of data changes where it is left out."`
	Masked     []string         `json:"masked" levee:"set,max=8,enum=pii|financial|health|credentials|employee|customer,default=health|credentials" doc:"Categories that are not to be shown in full."`
	Prototypes []string         `json:"prototypes" levee:"set,max=8,enum=pii|financial|health|credentials|employee|customer,default=health|credentials" doc:"Categories that a prototype must not touch."`
}

// CategoryClass is a classification for each category of data.
type CategoryClass struct {
	PII         string `json:"pii" levee:"default=internal,enum=public|internal|confidential|restricted,weak=public" doc:"Data about people."`
	Financial   string `json:"financial" levee:"default=internal,enum=public|internal|confidential|restricted,weak=public" doc:"Data about money."`
	Health      string `json:"health" levee:"default=restricted,enum=public|internal|confidential|restricted,weak=public" doc:"Data about health."`
	Credentials string `json:"credentials" levee:"default=restricted,enum=public|internal|confidential|restricted,weak=public" doc:"Passwords and keys."`
	Employee    string `json:"employee" levee:"default=internal,enum=public|internal|confidential|restricted,weak=public" doc:"Data about colleagues."`
	Customer    string `json:"customer" levee:"default=internal,enum=public|internal|confidential|restricted,weak=public" doc:"Data about customers."`
}

// CategoryRisk is a level of risk for each category of data.
type CategoryRisk struct {
	PII         string `json:"pii" levee:"default=medium,enum=low|medium|high,weak=low" doc:"Data about people."`
	Financial   string `json:"financial" levee:"default=medium,enum=low|medium|high,weak=low" doc:"Data about money."`
	Health      string `json:"health" levee:"default=high,enum=low|medium|high,weak=low" doc:"Data about health."`
	Credentials string `json:"credentials" levee:"default=high,enum=low|medium|high,weak=low" doc:"Passwords and keys."`
	Employee    string `json:"employee" levee:"default=medium,enum=low|medium|high,weak=low" doc:"Data about colleagues."`
	Customer    string `json:"customer" levee:"default=medium,enum=low|medium|high,weak=low" doc:"Data about customers."`
}
