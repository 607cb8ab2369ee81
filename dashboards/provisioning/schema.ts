import { z } from 'zod'

/** Written by hand from the sources named at each; strict, since what a reader does not know it ignores in silence. */

const duration = z.string().regex(/^(0|(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?)$/)
const metadata = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/),
  labels: z.record(z.string().regex(/^([a-z0-9.-]+\/)?[a-zA-Z0-9._-]{1,63}$/), z.string().max(63)),
})

/** prometheus-operator/prometheus-operator: example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml */
export const prometheusRuleSchema = z.strictObject({
  apiVersion: z.literal('monitoring.coreos.com/v1'),
  kind: z.literal('PrometheusRule'),
  metadata,
  spec: z.strictObject({
    groups: z.array(
      z.strictObject({
        name: z.string().min(1),
        interval: duration.optional(),
        rules: z
          .array(
            z
              .strictObject({
                record: z.string().optional(),
                alert: z.string().optional(),
                expr: z.string().min(1),
                for: duration.optional(),
                keep_firing_for: duration.min(1).optional(),
                labels: z.record(z.string(), z.string()).optional(),
                annotations: z.record(z.string(), z.string()).optional(),
              })
              .refine(rule => (rule.record === undefined) !== (rule.alert === undefined), 'record or alert'),
          )
          .min(1),
      }),
    ),
  }),
})

/** Kubernetes API, core/v1 ConfigMap: keys, and 1 MiB for all of it. */
export const configMapSchema = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('ConfigMap'),
  metadata,
  data: z.record(z.string().regex(/^[-._a-zA-Z0-9]{1,253}$/), z.string()),
})

const uid = z.string().regex(/^[a-zA-Z0-9_-]{1,40}$/)
const sourceBase = {
  name: z.string().min(1),
  uid,
  access: z.literal('proxy'),
  url: z.url(),
  isDefault: z.literal(true).optional(),
}

/** grafana.com/docs: administration/provisioning, and the pages of the three data sources. */
export const dataSourcesSchema = z.strictObject({
  apiVersion: z.literal(1),
  datasources: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({
        ...sourceBase,
        type: z.literal('prometheus'),
        jsonData: z.strictObject({
          httpMethod: z.enum(['GET', 'POST']),
          timeInterval: duration,
          exemplarTraceIdDestinations: z.array(z.strictObject({ name: z.string(), datasourceUid: uid })),
        }),
      }),
      z.strictObject({
        ...sourceBase,
        type: z.literal('tempo'),
        jsonData: z.strictObject({
          tracesToLogsV2: z.strictObject({
            datasourceUid: uid,
            spanStartTimeShift: z.string(),
            spanEndTimeShift: z.string(),
            filterByTraceID: z.boolean(),
            tags: z.array(z.strictObject({ key: z.string(), value: z.string() })),
          }),
          tracesToMetrics: z.strictObject({
            datasourceUid: uid,
            queries: z.array(z.strictObject({ name: z.string(), query: z.string() })),
          }),
        }),
      }),
      z.strictObject({
        ...sourceBase,
        type: z.literal('loki'),
        jsonData: z.strictObject({
          derivedFields: z.array(
            z.strictObject({
              name: z.string(),
              matcherRegex: z.string(),
              url: z.string(),
              datasourceUid: uid,
            }),
          ),
        }),
      }),
    ]),
  ),
})

/** grafana.com/docs: administration/provisioning, "Dashboards". */
export const boardProviderSchema = z.strictObject({
  apiVersion: z.literal(1),
  providers: z.array(
    z.strictObject({
      name: z.string().min(1),
      folder: z.string(),
      type: z.literal('file'),
      disableDeletion: z.boolean(),
      allowUiUpdates: z.boolean(),
      updateIntervalSeconds: z.number().int().min(10),
      options: z.strictObject({ path: z.string().startsWith('/') }),
    }),
  ),
})
