package target

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
)

// Sharer is the ability of a target to give new content to a share of an app's replicas first,
// and to the others after a time, as the strategy in a document asks. While the share runs the
// app is Progressing, with Health.Share; it is Ready once all replicas have the content. Where the
// share does not do well the app is Failing, with Health.Share too, and the replicas that
// have not got the content go on with what was there before.
type Sharer interface {
	// AtOnce says why an object whose document has a strategy would be applied to all replicas at
	// once all the same, as the end of a sentence after "since"; empty where it would not. It
	// writes nothing. An error means that it could not be told.
	AtOnce(ctx context.Context, environment string, object Object) (why string, err error)
}

// Strategy is what a document asks for: that Share percent of the replicas have new content
// first, alone for the time For.
type Strategy struct {
	Share int
	For   time.Duration
}

// StrategyOf is the strategy of a runtime document, or of what a Renderer made of it; ok is
// false for one whose content comes to all replicas at once.
func StrategyOf(document json.RawMessage) (s Strategy, ok bool) {
	var whole struct {
		Strategy *struct {
			Share int   `json:"share"`
			For   int64 `json:"for"` // seconds
		} `json:"strategy"`
	}
	if json.Unmarshal(document, &whole) != nil || whole.Strategy == nil {
		return Strategy{}, false
	}
	return Strategy{Share: whole.Strategy.Share, For: time.Duration(whole.Strategy.For) * time.Second}, true
}

// String is the strategy as a part of a sentence.
func (s Strategy) String() string {
	return settings.Strategy{Share: s.Share, For: catalog.Duration(s.For / time.Second)}.String()
}

// ToReplicas says how an object comes to replicas in an environment, as a sentence without its stop:
// a share of them first, or all at once and why though a share is asked for. It is empty where
// none is asked for, and for what shall not run. An error means that it could not be told.
func ToReplicas(ctx context.Context, t Target, environment string, object Object) (string, error) {
	s, asked := StrategyOf(object.Document)
	if !asked || object.Disabled {
		return "", nil
	}
	why := "its target has no replicas to give it to first"
	if by, ok := t.(Sharer); ok {
		var err error
		if why, err = by.AtOnce(ctx, environment, object); err != nil {
			return "", fmt.Errorf("find out whether %s comes to %s: %w", object.App, s, err)
		}
	}
	if why == "" {
		return fmt.Sprintf("it comes to %s, and then to the others", s), nil
	}
	return fmt.Sprintf("it is applied at once, and not to %s, since %s", s, OneLine(why, maxWhy)), nil
}

// maxWhy bounds the reason why a strategy is not followed.
const maxWhy = 200

// strategyWords write a strategy as people do.
func strategyWords(v any) string {
	fields, _ := v.(map[string]any)
	share, _ := fields["share"].(float64)
	if share == 0 {
		return settings.All
	}
	return fmt.Sprintf("%s%% for %s", plain(share), span(fields["for"]))
}
