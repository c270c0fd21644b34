package catalog

// APIVersion is the only version of the kinds so far.
const APIVersion = "levee.dev/v1"

// The tags on the kinds are their one source: the strict parse, the JSON Schema,
// the digests and the reference documentation are all computed from them (see
// field.go). `doc` is what an editor shows.

// App is one small app and everything that governance has to know about it.
type App struct {
	Metadata AppMetadata `json:"metadata" levee:"required" doc:"What the app is called."`
	Spec     AppSpec     `json:"spec" levee:"required" doc:"What the app is, needs and promises."`
}

// AppMetadata names an app.
type AppMetadata struct {
	Name   Name              `json:"name" levee:"required" doc:"The app's name, the same as its folder's; unique in the catalog and never reused."`
	Labels map[string]string `json:"labels" levee:"max=16" doc:"Labels put on everything the app owns, such as costCenter."`
}

// Classifications are the words of AppSpec.Classification, from the least sensitive on.
var Classifications = []string{"public", "internal", "confidential", "restricted"}

// AppSpec is the heart of the catalog. Title and description are prose: they
// change nothing that was approved. Every other field is material.
type AppSpec struct {
	Title          string        `json:"title" levee:"required,prose,max=120" doc:"What people call the app."`
	Description    string        `json:"description" levee:"prose,max=2000" doc:"What the app is for, in a few sentences."`
	Version        Version       `json:"version" levee:"required" doc:"Semantic version; rises when anything but title and description changes."`
	Owner          Owner         `json:"owner" levee:"required" doc:"Who answers for the app."`
	Blueprint      BlueprintRef  `json:"blueprint" levee:"required" doc:"The approved template the app is built from: name@major."`
	Classification string        `json:"classification" levee:"required,enum=public|internal|confidential|restricted,weak=public" doc:"The most sensitive data the app can show or touch."`
	Runtime        Runtime       `json:"runtime" levee:"required" doc:"Where and how the app runs."`
	Access         Access        `json:"access" doc:"Who may use the app, and what it may reach."`
	Egress         []Domain      `json:"egress" levee:"set,max=64" doc:"Host names the app may call outside the company."`
	Integrations   []Integration `json:"integrations" levee:"set,key=vendor,max=32" doc:"Approved vendors the app exchanges data with."`
	Data           []Data        `json:"data" levee:"set,key=dataset,max=64" doc:"Data sets the app reads or writes."`
	Secrets        []Secret      `json:"secrets" levee:"set,key=name,max=32" doc:"Secrets by reference; never their values."`
	Models         []Model       `json:"models" levee:"set,key=name,max=16" doc:"Language models the app calls."`
	SLO            *SLO          `json:"slo" doc:"What the app's users can rely on."`
	Budget         *Budget       `json:"budget" doc:"What the app may cost."`
	Telemetry      []string      `json:"telemetry" levee:"set,max=3,enum=logs|metrics|traces" doc:"What the app tells about itself while it runs, by OpenTelemetry or as its platform collects it."`
	Quality        *Quality      `json:"quality" doc:"How the app is tested."`
	Compliance     []string      `json:"compliance" levee:"set,max=16,enum=soc2|iso27001|gdpr|hipaa|pci" doc:"Compliance scopes the app falls under."`
	Assessment     *Assessment   `json:"assessment" doc:"The data protection impact assessment, where one is needed."`
	Answers        []Answer      `json:"answers" levee:"set,key=question,max=32" doc:"Answers to the questions that the settings ask of the app."`
	Runbook        *Runbook      `json:"runbook" doc:"What to do when the app misbehaves."`
	DependsOn      []Name        `json:"dependsOn" levee:"set,max=32" doc:"Other apps in this catalog that must run first: new content of this app is applied in an environment once they are ready there."`
	Lifecycle      Lifecycle     `json:"lifecycle" levee:"required" doc:"Stage, age and expiry."`
}

// Owner is who answers for an app.
type Owner struct {
	Person   Name `json:"person" levee:"required" doc:"The person who owns the app, by id in roles.yaml."`
	Team     Name `json:"team" levee:"required" doc:"The team the app belongs to, by id in roles.yaml."`
	Fallback Name `json:"fallback" doc:"Who takes over when the owner is gone, by id in roles.yaml."`
}

// Runtime is where and how an app runs.
type Runtime struct {
	Type        string   `json:"type" levee:"required,enum=container|function|static|scheduled|external" doc:"container, function, static, scheduled, or external for an app on a low-code platform."`
	Image       string   `json:"image" levee:"max=512" doc:"Container image, pinned by digest."`
	Language    string   `json:"language" levee:"max=64" doc:"Language and version, such as nodejs:22."`
	Schedule    string   `json:"schedule" levee:"max=64" doc:"When a scheduled app runs, as a cron expression."`
	CPU         CPU      `json:"cpu" levee:"default=100m" doc:"Processor limit."`
	Memory      Bytes    `json:"memory" levee:"default=128Mi" doc:"Memory limit."`
	Timeout     Duration `json:"timeout" levee:"default=5m" doc:"Longest run of one request or job."`
	Concurrency int      `json:"concurrency" levee:"default=1,min=1,max=10000" doc:"How many requests run at once."`
	Regions     []Name   `json:"regions" levee:"set,max=16" doc:"Regions the app runs in."`
}

// Access is who may use an app and what it may reach inside.
type Access struct {
	SSO     string   `json:"sso" levee:"default=oidc,enum=oidc|saml|none,weak=none" doc:"How users sign in."`
	Session Duration `json:"session" levee:"default=15m" doc:"How long a sign-in holds before it is renewed."`
	Groups  []string `json:"groups" levee:"set,max=32" doc:"Directory groups whose members may use the app."`
	Scopes  []string `json:"scopes" levee:"set,max=32" doc:"What the app itself may do inside, such as readonly-database."`
}

// Integration is the use of one vendor.
type Integration struct {
	Vendor  Name     `json:"vendor" levee:"required" doc:"A vendor of this catalog: the file vendors/<name>.yaml."`
	Scopes  []string `json:"scopes" levee:"set,max=32" doc:"The least permissions the app needs there."`
	Purpose string   `json:"purpose" levee:"required,max=300" doc:"Why the app needs the vendor."`
}

// Data is the use of one data set.
type Data struct {
	Dataset    Name      `json:"dataset" levee:"required" doc:"The data set's name: the file data/<name>.yaml, where the catalog has it."`
	Access     string    `json:"access" levee:"required,enum=read|write" doc:"read, or write where the app also changes it."`
	Purpose    string    `json:"purpose" levee:"required,max=300" doc:"Why the app needs the data."`
	Categories []string  `json:"categories" levee:"set,max=8,enum=pii|financial|health|credentials|employee|customer" doc:"Kinds of sensitive data in it."`
	Retention  *Duration `json:"retention" doc:"How long the app keeps it."`
	Masking    string    `json:"masking" levee:"default=none,enum=none|partial|full,weak=none" doc:"How much of it is hidden from users."`
	Tokenised  []string  `json:"tokenised" levee:"set,max=8,enum=pii|financial|health|credentials|employee|customer" doc:"Kinds of sensitive data of which the app gets tokens in place of values."`
}

// Secret is a reference to one secret.
type Secret struct {
	Name     Variable `json:"name" levee:"required" doc:"The environment variable the app reads it from."`
	Store    string   `json:"store" levee:"required,max=64" doc:"The secret store, one of those settings allow."`
	Path     string   `json:"path" levee:"required,max=256" doc:"Where the secret lies in the store."`
	TTL      Duration `json:"ttl" levee:"default=1h" doc:"How long a credential lives once fetched."`
	Rotation Duration `json:"rotation" levee:"default=30d" doc:"How often the secret is replaced."`
}

// Model is the use of one language model.
type Model struct {
	Name      Name   `json:"name" levee:"required" doc:"An approved model's name."`
	Purpose   string `json:"purpose" levee:"required,max=300" doc:"What the app asks of it."`
	RateLimit Rate   `json:"rateLimit" doc:"How often the app may call it."`
	Filter    string `json:"filter" levee:"default=none,enum=none|mask|reject,weak=none" doc:"What happens to sensitive data on its way to the model: it is masked, or the request is rejected."`
	Validator string `json:"validator" levee:"default=none,enum=none|allow-list|schema|human,weak=none" doc:"What checks the model's output before it acts."`
}

// SLO is a service level objective.
type SLO struct {
	Availability *float64 `json:"availability" levee:"min=0,max=100" doc:"Per cent of time the app answers."`
	P95          Millis   `json:"p95" doc:"Time in which 95 of 100 requests are answered."`
}

// Budget is a monthly limit of cost.
type Budget struct {
	Monthly  *float64 `json:"monthly" levee:"required,min=0,max=1000000000" doc:"The most the app may cost in a month."`
	Currency string   `json:"currency" levee:"default=USD,pattern=^[A-Z]{3}$" like:"three capital letters|EUR" doc:"ISO 4217 code."`
}

// Quality is how an app is tested.
type Quality struct {
	Tests     bool     `json:"tests" doc:"Whether the app has automated tests."`
	Coverage  *float64 `json:"coverage" levee:"min=0,max=1" doc:"Share of the code the tests run."`
	Generated string   `json:"generated" levee:"default=no,enum=no|partly|mostly" doc:"Whether a model wrote the code of the app."`
	Reviewer  Name     `json:"reviewer" doc:"Who read the code that a model wrote, by id in roles.yaml."`
	Build     string   `json:"build" levee:"enum=oidc|key,weak=key" doc:"How the build signs in where it publishes: with a short-lived identity of its own (oidc), or with a stored key."`
}

// Assessment points at a document that lives elsewhere.
type Assessment struct {
	Link   string `json:"link" levee:"required,max=512" doc:"Where the assessment can be read."`
	Digest string `json:"digest" levee:"required,pattern=^sha256:[0-9a-f]{64}$" like:"sha256: and the 64 digits and letters that sha256sum prints|sha256:" doc:"SHA-256 of the document that was assessed."`
	Date   Date   `json:"date" levee:"required" doc:"When it was signed."`
}

// Runbook is what to do when an app misbehaves.
type Runbook struct {
	Contact     string `json:"contact" levee:"required,max=120" doc:"Who to reach, such as #fin-oncall."`
	KillSwitch  string `json:"killSwitch" levee:"default=quarantine,enum=quarantine|flag|manual" doc:"How the app is stopped."`
	Flag        string `json:"flag" levee:"max=120" doc:"The feature flag that turns the app off."`
	Rollback    string `json:"rollback" levee:"default=last-admitted,enum=last-admitted|manual" doc:"What to go back to."`
	Containment string `json:"containment" levee:"max=2000" doc:"Steps that keep data inside while the cause is sought."`
}

// Lifecycle is stage, age and expiry.
type Lifecycle struct {
	Stage   string    `json:"stage" levee:"required,enum=prototype|approved|production|retired" doc:"What the owner asks for."`
	Created Date      `json:"created" levee:"required" doc:"The day the app was first asked for."`
	TTL     *Duration `json:"ttl" doc:"How long the app lives without renewal; settings give the default for its stage."`
	Renewed Date      `json:"renewed" doc:"The day the owner last asked for another period."`
}
