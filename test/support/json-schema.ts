import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

const FOLDER = join(import.meta.dirname, '../../docs/reference/schemas')

/** What a published JSON Schema finds wrong with a result: the file that other programs are written for. */
export function schemaViolations(name: string, result: unknown): string[] {
  const ajv = new Ajv2020({ allErrors: true })
  addFormats.default(ajv)
  const isValid = ajv.compile(JSON.parse(readFileSync(join(FOLDER, `${name}.schema.json`), 'utf8')))
  return isValid(result)
    ? []
    : (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
