package reconciler

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
)

// metrics are the daemon's numbers. Labels are few and bounded: none of them is the
// name of an app or of a person.
type metrics struct {
	registry *prometheus.Registry
	passes   *prometheus.HistogramVec // by how they ended
	rounds   *prometheus.HistogramVec // likewise
	reviews  *prometheus.CounterVec   // of single changes, likewise
	effects  *prometheus.CounterVec
	notices  *prometheus.CounterVec
	moves    *prometheus.CounterVec
	records  prometheus.Counter
	landings prometheus.Counter
	frozen   prometheus.Gauge
	last     prometheus.Gauge
	leader   prometheus.Gauge
	health   *prometheus.GaugeVec
	rollout  *prometheus.GaugeVec
	halted   *prometheus.GaugeVec
	fights   *prometheus.GaugeVec
	sharing  *prometheus.GaugeVec
	measured catalog.Commit // the ledger that apps were counted of; for who makes passes
	counted  time.Time      // when it was counted
}

func newMetrics(evaluated func() int64) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		passes: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "levee_pass_duration_seconds", Help: "How long passes over the catalog took.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 14),
		}, []string{"outcome"}),
		rounds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "levee_review_duration_seconds", Help: "How long rounds over the changes took that had moved.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 14),
		}, []string{"outcome"}),
		reviews:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "levee_reviews_total", Help: "Reviews of single changes. A change at which nothing moved is not reviewed."}, []string{"outcome"}),
		effects:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "levee_effects_total", Help: "Steps made in targets."}, []string{"verb", "outcome"}),
		notices:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "levee_notices_total", Help: "Notices sent, or tried to."}, []string{"outcome"}),
		moves:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "levee_transitions_total", Help: "Apps that went on to a stage."}, []string{"stage"}),
		records:  prometheus.NewCounter(prometheus.CounterOpts{Name: "levee_records_total", Help: "Records written to the ledger."}),
		landings: prometheus.NewCounter(prometheus.CounterOpts{Name: "levee_landings_total", Help: "Landings decided."}),
		frozen:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "levee_frozen", Help: "Whether admissions are frozen."}),
		last:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "levee_last_pass_timestamp_seconds", Help: "When the last pass ended well, or the last look of a replica that follows another."}),
		leader:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "levee_leader", Help: "Whether this replica begins passes."}),
	}
	m.health = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "levee_app_health", Help: "Apps by how they do where they run, as recorded."}, []string{"environment", "state"})
	m.rollout = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "levee_app_rollout", Help: "Apps by what became of what is admitted in an environment: applied, waiting to be, or failed."}, []string{"environment", "state"})
	m.halted = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "levee_apps_halted", Help: "Apps that do not run as what landed says: held content, contained, throttled, or disabled."}, []string{"cause"})
	m.fights = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "levee_drift_fights", Help: "What others change back again and again while it is corrected."}, []string{"environment"})
	m.sharing = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "levee_apps_sharing", Help: "Apps whose newest content a share of the replicas has first, as recorded."}, []string{"environment"})
	rules := prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "levee_rules_evaluated_total", Help: "Rules evaluated over an input."},
		func() float64 { return float64(evaluated()) })
	m.registry.MustRegister(m.passes, m.rounds, m.reviews, m.effects, m.notices, m.moves, m.records, m.landings, m.frozen, m.last, m.leader, m.health, m.rollout, m.halted, m.fights, m.sharing, rules)
	for _, outcome := range []string{"delivered", "failed"} {
		m.notices.WithLabelValues(outcome) // so that a rate has a beginning
	}
	for _, outcome := range []string{"done", "failed"} {
		m.reviews.WithLabelValues(outcome)
	}
	for _, stage := range []ledger.Stage{ledger.Active, ledger.Expiring, ledger.Due, ledger.Disabled} {
		m.moves.WithLabelValues(string(stage))
	}
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// reviewed counts a round over the changes, however it ended.
func (m *metrics) reviewed(failed int, took time.Duration, err error) {
	outcome := "done"
	switch {
	case err != nil:
		outcome = "failed"
	case failed > 0:
		outcome = "partly"
	}
	m.rounds.WithLabelValues(outcome).Observe(took.Seconds())
}

// passed counts a pass over the catalog, however it ended.
func (m *metrics) passed(done Done, took time.Duration, err error) {
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	m.passes.WithLabelValues(outcome).Observe(took.Seconds())
	for _, e := range done.Applied.Effects {
		result := string(e.Outcome)
		if e.Error != "" {
			result = "failed"
		}
		m.effects.WithLabelValues(string(e.Verb), result).Inc()
	}
	m.notices.WithLabelValues("delivered").Add(float64(len(done.Applied.Notices)))
	m.notices.WithLabelValues("failed").Add(float64(done.Applied.Unsent))
	for _, s := range done.Applied.Stages {
		m.moves.WithLabelValues(string(s.To)).Inc()
	}
	m.records.Add(float64(done.Applied.Records))
	m.landings.Add(float64(done.Applied.Landings))
}

// looked notes whether admissions are frozen, of a pass and of a look of a replica that follows.
func (m *metrics) looked(done Done) {
	m.frozen.Set(0)
	if done.Applied.Frozen != "" && !done.Applied.Unreachable {
		m.frozen.Set(1)
	}
}

// countEvery bounds how often all apps are counted while passes follow one another.
const countEvery = 5 * time.Second

// count counts how apps stand and how they do where they run, if the ledger is another than
// when they were counted last, and that was a while ago.
func (m *metrics) count(v *chain.View) {
	if v.Tip == m.measured || time.Since(m.counted) < countEvery {
		return
	}
	m.measured, m.counted = v.Tip, time.Now()
	type cell struct{ environment, state string }
	fights, sharing := map[string]int{}, map[string]int{}
	health, rollout, halted := map[cell]int{}, map[cell]int{}, map[string]int{"held": 0, "contained": 0, "throttled": 0, "disabled": 0}
	for app := range v.States() {
		for _, f := range app.Fights {
			fights[f.Environment]++
		}
		for environment, admitted := range app.Admitted {
			fights[environment] += 0
			for _, state := range []string{"applied", "waiting", "failed"} {
				rollout[cell{environment, state}] += 0 // so that what is no more is zero
			}
			rollout[cell{environment, became(admitted, app.Applied[environment])}]++
		}
		for environment, applied := range app.Applied {
			sharing[environment] += 0
			if applied.Health.Shared(time.UTC) != "" {
				sharing[environment]++
			}
			for _, state := range []ledger.HealthState{ledger.HealthReady, ledger.HealthProgressing, ledger.HealthFailing, ledger.HealthUnknown} {
				health[cell{environment, string(state)}] += 0
			}
			if applied.Health != nil {
				health[cell{environment, string(applied.Health.State)}]++
			}
		}
		for cause, is := range map[string]bool{"held": app.Held != nil, "contained": app.Quarantine != nil, "throttled": app.Throttle != nil, "disabled": app.Stage == ledger.Disabled} {
			if is {
				halted[cause]++
			}
		}
	}
	for gauge, counts := range map[*prometheus.GaugeVec]map[cell]int{m.health: health, m.rollout: rollout} {
		gauge.Reset()
		for c, n := range counts {
			gauge.WithLabelValues(c.environment, c.state).Set(float64(n))
		}
	}
	for gauge, counts := range map[*prometheus.GaugeVec]map[string]int{m.fights: fights, m.sharing: sharing} {
		gauge.Reset()
		for environment, n := range counts {
			gauge.WithLabelValues(environment).Set(float64(n))
		}
	}
	for cause, n := range halted {
		m.halted.WithLabelValues(cause).Set(float64(n))
	}
}

// became is what became of admitted content by what a target was last seen to hold.
func became(admitted ledger.Admitted, applied ledger.Applied) string {
	switch {
	case applied.Admission != admitted.Seq:
		return "waiting"
	case applied.Outcome == ledger.OutcomeFailed:
		return "failed"
	}
	return "applied"
}
