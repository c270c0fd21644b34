{{- define "levee.labels" -}}
app.kubernetes.io/name: levee
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "levee.place" -}}
name: levee
namespace: {{ .Release.Namespace }}
labels:
  {{- include "levee.labels" . | nindent 2 }}
{{- end }}
