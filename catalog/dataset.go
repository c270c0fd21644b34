package catalog

// DataSet is data that apps use, with whoever answers for it. What an app's file says of the
// data is held against it, so that nobody classifies data that they only ask for.
type DataSet struct {
	Metadata Metadata    `json:"metadata" levee:"required" doc:"The data set's name: its file's."`
	Spec     DataSetSpec `json:"spec" levee:"required" doc:"What the data is, and what apps may do with it."`
}

// DataSetSpec is the body of a data set.
type DataSetSpec struct {
	Title          string          `json:"title" levee:"max=120" doc:"What people call it."`
	Owner          DataOwner       `json:"owner" levee:"required" doc:"Who answers for the data, and approves its use."`
	Classification string          `json:"classification" levee:"required,enum=public|internal|confidential|restricted,weak=public" doc:"How sensitive it is: an app that uses it is classified at least as high."`
	Categories     []string        `json:"categories" levee:"set,max=8,enum=pii|financial|health|credentials|employee|customer" doc:"Kinds of sensitive data in it."`
	Regions        []Name          `json:"regions" levee:"set,max=64" doc:"Regions in which apps may use it; any where it is left out."`
	Where          string          `json:"where" levee:"max=120" doc:"The system or store it lies in."`
	Retention      *Duration       `json:"retention" doc:"Longest time an app may keep it; the settings' limit where it is left out."`
	Sandbox        bool            `json:"sandbox" doc:"Whether it is made up or anonymous, for trying out: prototypes use no other."`
	StandIn        Name            `json:"standIn" doc:"The sandbox data set that prototypes use in its place."`
	ApprovedScopes []ApprovedScope `json:"approvedScopes" levee:"max=16" doc:"Uses that need no approval of the owner; none where it is left out."`
	Safeguards     []Safeguard     `json:"safeguards" levee:"set,key=category,max=8" doc:"How apps protect it, by kind of sensitive data."`
}

// DataSetIn returns the document of a data set of a snapshot, or nil where there is none.
func DataSetIn(s *Snapshot, name Name) *Document {
	return s.Document("data/" + string(name) + ".yaml")
}

// DataOwner is who answers for a data set.
type DataOwner struct {
	Person   Name `json:"person" levee:"required" doc:"The person who owns the data, by id in roles.yaml."`
	Team     Name `json:"team" levee:"required" doc:"The team the data belongs to, by id in roles.yaml."`
	Fallback Name `json:"fallback" doc:"Who takes over when the owner is gone, by id in roles.yaml."`
}

// ApprovedScope is a use of a data set that its owner approved for all apps it fits.
type ApprovedScope struct {
	Access string   `json:"access" levee:"required,enum=read|write,weak=write" doc:"read, or write, which includes read."`
	Stages []string `json:"stages" levee:"set,max=3,enum=prototype|approved|production" doc:"Stages of the apps; all where it is left out."`
	Teams  []Name   `json:"teams" levee:"set,max=64" doc:"Teams of the apps, by id in roles.yaml; all where it is left out."`
}

// Safeguard is how apps protect one kind of sensitive data.
type Safeguard struct {
	Category  string `json:"category" levee:"required,enum=pii|financial|health|credentials|employee|customer" doc:"The kind of sensitive data."`
	Masking   string `json:"masking" levee:"default=none,enum=none|partial|full,weak=none" doc:"How much of it apps hide from users at least."`
	Tokenised bool   `json:"tokenised" doc:"Whether apps get tokens in place of it."`
}
