import { z } from 'zod'
import { checkResultSchema } from '#check'
import { type GeneratedFile, settingsSchema } from '#dashboards'
import { baselineSchema, configSchema, gateResultSchema } from '#gate'
import { demoResultSchema, proofResultSchema, recordingSchema } from '#prove'
import { loadResultSchema } from '#run'

/** JSON Schemas of the files that commands write or read, from the very schemas that check them here. */
const SCHEMAS = {
  'alert-settings': settingsSchema,
  baseline: baselineSchema,
  'check-result': checkResultSchema,
  'demo-result': demoResultSchema,
  'gate-result': gateResultSchema,
  'load-result': loadResultSchema,
  'petrel-config': configSchema,
  'proof-result': proofResultSchema,
  recording: recordingSchema,
}

/** One schema file for each result, by JSON Schema 2020-12. */
export function schemaFiles(): GeneratedFile[] {
  return Object.entries(SCHEMAS).map(([name, schema]) => ({
    path: `docs/reference/schemas/${name}.schema.json`,
    content: `${JSON.stringify(z.toJSONSchema(schema), null, 2)}\n`,
  }))
}
