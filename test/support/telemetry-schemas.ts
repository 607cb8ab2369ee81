import { z } from 'zod'

/** Written by hand from the sources named at each, strict: what neither Tempo nor Loki can be had to check here. */

const duration = z.string().regex(/^(\d+(h|m|s|ms))+$/)
const port = z.number().int().min(1).max(65_535)

/** grafana.com/docs/tempo v2.10, "Configuration"; the parts that deploy/tempo/tempo.yaml uses. */
export const tempoSchema = z.strictObject({
  stream_over_http_enabled: z.boolean(),
  server: z.strictObject({ http_listen_port: port }),
  distributor: z.strictObject({
    receivers: z.strictObject({
      otlp: z.strictObject({ protocols: z.strictObject({ http: z.strictObject({ endpoint: z.string() }) }) }),
    }),
  }),
  compactor: z.strictObject({ compaction: z.strictObject({ block_retention: duration }) }),
  storage: z.strictObject({
    trace: z.strictObject({
      backend: z.literal('local'),
      wal: z.strictObject({ path: z.string().startsWith('/') }),
      local: z.strictObject({ path: z.string().startsWith('/') }),
    }),
  }),
  usage_report: z.strictObject({ reporting_enabled: z.literal(false) }),
})

/** grafana.com/docs/loki v3.7, "Configuration"; the parts that deploy/loki/loki.yaml uses. */
export const lokiSchema = z.strictObject({
  auth_enabled: z.boolean(),
  server: z.strictObject({ http_listen_port: port }),
  common: z.strictObject({
    instance_addr: z.string(),
    path_prefix: z.string().startsWith('/'),
    replication_factor: z.number().int(),
    ring: z.strictObject({ kvstore: z.strictObject({ store: z.literal('inmemory') }) }),
    storage: z.strictObject({
      filesystem: z.strictObject({ chunks_directory: z.string(), rules_directory: z.string() }),
    }),
  }),
  schema_config: z.strictObject({
    configs: z.array(
      z.strictObject({
        from: z.iso.date(),
        store: z.literal('tsdb'),
        object_store: z.literal('filesystem'),
        schema: z.literal('v13'),
        index: z.strictObject({ prefix: z.string(), period: z.literal('24h') }),
      }),
    ),
  }),
  limits_config: z.strictObject({ allow_structured_metadata: z.literal(true), retention_period: duration }),
  compactor: z.strictObject({
    working_directory: z.string().startsWith('/'),
    retention_enabled: z.boolean(),
    delete_request_store: z.literal('filesystem'),
  }),
  analytics: z.strictObject({ reporting_enabled: z.literal(false) }),
})
