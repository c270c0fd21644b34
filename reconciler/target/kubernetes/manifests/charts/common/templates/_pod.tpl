{{/* The pod of an app: its own container, which listens on PORT and may write to /tmp. */}}
{{- define "levee.pod" -}}
containers:
- name: app
  image: {{ .Values.runtime.image | quote }}
  env:
  - {name: PORT, value: "8080"}
  - {name: LEVEE_APP, value: {{ .Values.app | quote }}}
  - {name: LEVEE_ENVIRONMENT, value: {{ .Values.environment | quote }}}
  - {name: LEVEE_CONCURRENCY, value: {{ .Values.runtime.concurrency | quote }}}
  - {name: LEVEE_TIMEOUT_SECONDS, value: {{ .Values.runtime.timeout | quote }}}
  {{- if .Values.kubernetes.secretStore }}
  {{- range .Values.secrets }}
  - name: {{ .name }}
    valueFrom: {secretKeyRef: {name: {{ $.Release.Name }}, key: {{ .name }}}}
  {{- end }}
  {{- end }}
  envFrom:
  - configMapRef: {name: {{ .Release.Name }}}
  securityContext: {readOnlyRootFilesystem: true}
  volumeMounts:
  - {name: tmp, mountPath: /tmp}
  {{- if ne .Values.runtime.type "scheduled" }}
  ports:
  - {name: http, containerPort: 8080}
  readinessProbe:
    {{- if eq .Values.runtime.type "static" }}
    httpGet: {path: /, port: http}
    {{- else }}
    tcpSocket: {port: http}
    {{- end }}
  {{- end }}
volumes:
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- end }}
