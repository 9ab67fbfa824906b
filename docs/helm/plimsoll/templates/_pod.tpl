{{/* Names and labels. */}}
{{- define "plimsoll.name" -}}
{{- if contains "plimsoll" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-plimsoll" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "plimsoll.selector" -}}
app.kubernetes.io/name: plimsoll
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "plimsoll.labels" -}}
{{ include "plimsoll.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* The names of the Secret's keys that a part needs, one a line: it is given no other. */}}
{{- define "plimsoll.secrets" -}}
{{- $withheld := dict
  "serve" (list "PLIMSOLL_OPENAI_ADMIN_KEY" "PLIMSOLL_ANTHROPIC_ADMIN_KEY" "PLIMSOLL_OPENROUTER_MANAGEMENT_KEY" "PLIMSOLL_AWS_ACCESS_KEY" "PLIMSOLL_GITHUB_INSIGHTS_TOKEN")
  "work" (list "PLIMSOLL_READ_TOKENS" "PLIMSOLL_ADMIN_TOKENS" "PLIMSOLL_OIDC_CLIENT_SECRET") }}
{{- range .root.Values.secret.settings }}
{{- if eq $.part "migrate" }}
{{- if eq . "CLICKHOUSE_URL" }}{{ . }}
{{ end }}
{{- else if not (has . (index $withheld $.part)) }}{{ . }}
{{ end }}
{{- end }}
{{- end }}

{{/* Settings that signing in takes, which only serve is given: without its client's secret a part could not use them. */}}
{{- define "plimsoll.environment" -}}
{{- range $name, $value := .root.Values.settings }}
{{- if or (eq $.part "serve") (not (hasPrefix "PLIMSOLL_OIDC_" $name)) }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- range (include "plimsoll.secrets" . | trim | splitList "\n") }}
- name: {{ . }}_FILE
  value: /etc/plimsoll/secrets/{{ . }}
{{- end }}
{{- if .root.Values.files.certificateAuthority }}
- name: NODE_EXTRA_CA_CERTS
  value: /etc/plimsoll/files/{{ .root.Values.files.certificateAuthority }}
{{- end }}
{{- end }}

{{/* What all pods have in common, of their spec. */}}
{{- define "plimsoll.pod" -}}
automountServiceAccountToken: false
# Kubernetes would set PLIMSOLL_SERVICE_HOST and the like for a Service of that name, which are no settings of Plimsoll.
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile:
    type: RuntimeDefault
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: tmp
    emptyDir: {}
  - name: secrets
    secret:
      secretName: {{ required "secret.name: the Secret that holds CLICKHOUSE_URL, REDIS_URL and the tokens, see docs/kubernetes.md" .root.Values.secret.name }}
      # 0440.
      defaultMode: 288
      items:
        {{- range (include "plimsoll.secrets" . | trim | splitList "\n") }}
        - key: {{ . }}
          path: {{ . }}
        {{- end }}
{{- with .root.Values.files.configMap }}
  - name: files
    configMap:
      name: {{ . }}
{{- end }}
{{- end }}

{{/* What all containers have in common. */}}
{{- define "plimsoll.container" -}}
image: {{ printf "%s:%s" .root.Values.image.repository (.root.Values.image.tag | default .root.Chart.AppVersion) | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
args: [{{ .part }}]
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: tmp
    mountPath: /tmp
  # The folder, not a file of it: a changed Secret is seen.
  - name: secrets
    mountPath: /etc/plimsoll/secrets
    readOnly: true
{{- if .root.Values.files.configMap }}
  - name: files
    mountPath: /etc/plimsoll/files
    readOnly: true
{{- end }}
{{- end }}

{{- define "plimsoll.spread" -}}
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "plimsoll.selector" $ | nindent 6 }}
{{- end }}
{{- end }}
