import { fits } from '#instrument'
import { STREAM_PATH, UNPREFIXED_STREAM_PATH } from '#protocol'

/** Every template that may ever be a stream. */
export const STREAM_TEMPLATES = [STREAM_PATH, UNPREFIXED_STREAM_PATH]

/** Whether a template is a stream now; the unprefixed one is none unless a fault says so. */
export const isServed = (template: string): boolean => template === STREAM_PATH

/** True for the path of a stream, by the templates that are served. */
export const isStreamPath = (path: string, serves: (template: string) => boolean): boolean =>
  STREAM_TEMPLATES.some(template => fits(path, template) && serves(template))
