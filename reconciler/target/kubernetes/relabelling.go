package kubernetes

// relabelling is which labels and annotations change on a resource: key, then what it was and what
// it will be. Most stand on everything that an app has, so that a new version changes all of it.
type relabelling map[string][2]string

// relabelled is how labels and annotations of a resource change.
func relabelled(was, is map[string]any) relabelling {
	all := relabelling{}
	for _, field := range []string{"labels", "annotations"} {
		before, after := marksOf(was, field), marksOf(is, field)
		for key, value := range after {
			old, text := before[key].(string)
			if now, ok := value.(string); ok && text && old != now {
				all[key] = [2]string{old, now}
			}
		}
	}
	return all
}

func marksOf(content map[string]any, field string) map[string]any {
	meta, _ := content["metadata"].(map[string]any)
	marks, _ := meta[field].(map[string]any)
	return marks
}

// without is a copy of a resource in which these changes were made, also on templates of pods: what
// differs from it is what else changes.
func (r relabelling) without(content map[string]any) map[string]any {
	copied, _ := r.through(content).(map[string]any)
	return copied
}

func (r relabelling) through(v any) any {
	switch v := v.(type) {
	case map[string]any:
		copied := make(map[string]any, len(v))
		for name, value := range v {
			copied[name] = r.through(value)
		}
		for _, field := range []string{"labels", "annotations"} {
			marks := marksOf(copied, field)
			for key, change := range r {
				if marks[key] == change[0] {
					marks[key] = change[1]
				}
			}
		}
		return copied
	case []any:
		copied := make([]any, len(v))
		for i, value := range v {
			copied[i] = r.through(value)
		}
		return copied
	}
	return v
}
