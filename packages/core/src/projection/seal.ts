// What tells that something stored was written by this version.
import { entrySchemas } from '../schema/entries.ts'

/** A version that knows other kinds reads the same log otherwise. */
export function versionOf(version: number): string {
  return `${version}: ${Object.keys(entrySchemas).join()}`
}
