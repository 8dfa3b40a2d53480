{{- define "openmath.name" -}}
{{ .Release.Name | trunc 52 | trimSuffix "-" }}
{{- end }}

{{- define "openmath.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (include "openmath.name" .) }}
{{- end }}

{{- define "openmath.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "openmath.selector" -}}
app.kubernetes.io/name: openmath-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "openmath.labels" -}}
{{ include "openmath.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: openmath
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* What the operator may do in a namespace whose custom resources it reconciles. No wildcard; Secrets can be created and never read. */}}
{{- define "openmath.rules" -}}
- apiGroups: [openmath.dev]
  resources: [generationjobs, sandboxpools]
  verbs: [get, list, watch]
- apiGroups: [openmath.dev]
  resources: [generationjobs/status, sandboxpools/status]
  verbs: [patch]
# Owner references that block deletion need this where OwnerReferencesPermissionEnforcement is on.
- apiGroups: [openmath.dev]
  resources: [generationjobs/finalizers, sandboxpools/finalizers]
  verbs: [update]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch, create, patch]
- apiGroups: [""]
  resources: [services, serviceaccounts, configmaps]
  verbs: [get, list, watch, create, patch]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [get, list, watch, create, patch]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch]
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
# Why a volume can't be mounted is said in events only.
- apiGroups: [""]
  resources: [events]
  verbs: [list, create]
- apiGroups: [""]
  resources: [secrets]
  verbs: [create]
{{- end }}
