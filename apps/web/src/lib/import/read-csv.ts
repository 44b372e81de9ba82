// Reads a CSV file as it comes out of spreadsheets: any delimiter, quotes, line breaks in cells, a byte order mark, old encodings.
import Papa from 'papaparse'
import { m } from '#lib/paraglide/messages.js'

const maxFileBytes = 50 * 1_048_576 // 10,000 clients take about 1 MiB

/** A file as rows of cells; row 1 is the header. */
export interface CsvTable {
  readonly name: string
  readonly header: readonly string[]
  /** Row number in the file, counted from 1 with the header as row 1, and its cells. */
  readonly rows: readonly { readonly row: number; readonly cells: readonly string[] }[]
  /** What is wrong with the file as such, in words. */
  readonly problems: readonly string[]
}

/** The table, or words why the file is none. */
export type ReadCsv = { readonly ok: true; readonly table: CsvTable } | { readonly ok: false; readonly message: string }

/** Reads a file that the person picked. */
export async function readCsvFile(file: File): Promise<ReadCsv> {
  if (file.size > maxFileBytes) {
    return {
      ok: false,
      message: m.import_too_big({ size: Math.ceil(file.size / 1_048_576) }),
    }
  }
  const { text, problem } = decodeText(new Uint8Array(await file.arrayBuffer()))
  const read = readCsvText(file.name, text)
  return read.ok && problem ? { ok: true, table: { ...read.table, problems: [problem, ...read.table.problems] } } : read
}

/** Reads CSV text. */
export function readCsvText(name: string, text: string): ReadCsv {
  if (text.includes('\0'))
    return {
      ok: false,
      message: m.import_binary({ name }),
    }
  const parsed = Papa.parse<string[]>(text, { header: false, skipEmptyLines: false, delimiter: delimiterOf(text) })
  const [first, ...rest] = parsed.data
  if (!first || first.every((cell) => cell.trim() === '')) {
    return {
      ok: false,
      message: text.trim() === '' ? m.import_empty_file() : m.import_empty_header(),
    }
  }
  // An unclosed quote swallows everything after it: that row cannot be trusted.
  const broken = new Set(parsed.errors.filter(({ code }) => code === 'MissingQuotes').map(({ row }) => row ?? 0))
  const problems = [...broken].map((row) => m.import_open_quote({ row: row + 1 }))
  const rows = rest
    .map((cells, index) => ({ row: index + 2, cells }))
    .filter(({ row, cells }) => !broken.has(row - 1) && cells.some((cell) => cell.trim() !== ''))
  return { ok: true, table: { name, header: first.map((cell) => cell.trim()), rows, problems } }
}

/** The delimiter that the header row uses most; guessing from the rows fails on names with semicolons and on blank rows. */
function delimiterOf(text: string): string {
  const counts = new Map([',', ';', '\t', '|'].map((delimiter) => [delimiter, 0]))
  let isQuoted = false
  for (const char of text) {
    if (char === '"') isQuoted = !isQuoted
    else if (!isQuoted && (char === '\n' || char === '\r')) break
    else if (!isQuoted && counts.has(char)) counts.set(char, (counts.get(char) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? ','
}

/** UTF-8, UTF-16 with a mark, else Windows-1252 as older spreadsheets write it. */
function decodeText(bytes: Uint8Array): { text: string; problem: string | null } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), problem: null }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes), problem: null }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), problem: null }
  } catch {
    return {
      text: new TextDecoder('windows-1252').decode(bytes),
      problem: m.import_old_encoding(),
    }
  }
}
