import { z } from 'zod'
import { checkResultSchema } from '#check'
import { type GeneratedFile, settingsSchema } from '#dashboards'
import { demoResultSchema } from '#prove'
import { loadResultSchema } from '#run'

/** JSON Schemas of the files that commands write or read, from the very schemas that check them here. */
const SCHEMAS = {
  'alert-settings': settingsSchema,
  'check-result': checkResultSchema,
  'demo-result': demoResultSchema,
  'load-result': loadResultSchema,
}

/** One schema file for each result, by JSON Schema 2020-12. */
export function schemaFiles(): GeneratedFile[] {
  return Object.entries(SCHEMAS).map(([name, schema]) => ({
    path: `docs/reference/schemas/${name}.schema.json`,
    content: `${JSON.stringify(z.toJSONSchema(schema), null, 2)}\n`,
  }))
}
