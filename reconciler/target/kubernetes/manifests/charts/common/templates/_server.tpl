{{/* An app that answers requests: one pod at a time, and the service that leads to it. */}}
{{- define "levee.server" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: 1
  revisionHistoryLimit: 2
  selector:
    matchLabels: {levee.dev/app: {{ .Values.app }}}
  template:
    metadata:
      labels: {levee.dev/app: {{ .Values.app }}}
    spec:
      terminationGracePeriodSeconds: {{ min .Values.runtime.timeout 300 }}
      {{- include "levee.pod" . | nindent 6 }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {levee.dev/app: {{ .Values.app }}}
  ports:
  - {name: http, port: 80, targetPort: http}
{{- end }}
