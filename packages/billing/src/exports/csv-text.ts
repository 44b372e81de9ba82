// CSV as RFC 4180 has it: quoted where needed, CRLF between rows.
import Papa from 'papaparse'
import { looksLikeFormula } from './document.ts'

/** Writes rows under their headings. */
export function csvText(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${Papa.unparse({ fields: [...columns], data: rows.map((row) => [...row]) }, { newline: '\r\n' })}\r\n`
}

/** A text that a spreadsheet shows and does not run. */
export function neutralised(text: string): string {
  return looksLikeFormula(text) ? `'${text}` : text
}

/** What a file's name ends in: nothing for a single file, else its place. */
export function fileSuffix(index: number, count: number): string {
  return count === 1 ? '' : `-${String(index + 1).padStart(String(count).length, '0')}`
}
