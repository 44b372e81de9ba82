// One report of activity: the text of an element of `activity`, a JSON object of client id to epoch ms.
import { isId } from './ids.ts'

/** Client id to when it was last active, epoch ms. */
export type ActivityReport = ReadonlyMap<string, number>

/** Most clients of one report: its text stays below the 256 KiB of an element, and what has more clients becomes several reports. */
export const maxClientsPerReport = 5_000

/** More reports than this are replaced by one that says the same. */
const mostReports = 64
/** Shorter lists are left as they are, in UTF-16 code units. */
const shortList = 20_000
/** What one client takes in a report: an id in quotes, a colon, a moment and a comma. */
const reportedLength = 39

/** The latest moment that a date can be, epoch ms. */
export const maxEpochMs = 8_640_000_000_000_000

/** Reads an element of `activity`; `null` where it is no report. */
export function readActivityReport(value: unknown): ActivityReport | null {
  if (typeof value !== 'string') return null
  let json: unknown
  try {
    json = JSON.parse(value)
  } catch {
    return null
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null
  const report = new Map<string, number>()
  for (const [client, at] of Object.entries(json as Record<string, unknown>)) {
    if (!isReported(client, at)) return null
    report.set(client, at)
  }
  return report.size <= maxClientsPerReport ? report : null
}

/** How to change the list of reports. */
export interface WrittenReports {
  /** Reports to append. */
  readonly texts: readonly string[]
  /** How many of the list's first elements these say again, to be deleted in the same transaction. */
  readonly replaces: number
}

/**
 * What to write to report `fresh`. Appending costs what is new; now and then the list is said anew, so that it stays below
 * about twice what it has to say.
 *
 * @param latest - the latest report of every client before `fresh`
 * @param held - how many reports the list holds and their length in UTF-16 code units; `null` where one must not be replaced
 */
export function writeReports(
  fresh: ActivityReport,
  latest: ActivityReport,
  held: { readonly count: number; readonly length: number } | null,
): WrittenReports {
  const isLong = held && (held.count >= mostReports || held.length > 2 * latest.size * reportedLength + shortList)
  if (!isLong) return { texts: activityReportTexts(fresh), replaces: 0 }
  return { texts: activityReportTexts(new Map([...latest, ...fresh])), replaces: held.count }
}

/** One text, or several where there are more clients than a report may have. */
function activityReportTexts(report: ActivityReport): readonly string[] {
  const entries = [...report]
  const texts: string[] = []
  for (let from = 0; from < entries.length; from += maxClientsPerReport)
    texts.push(JSON.stringify(Object.fromEntries(entries.slice(from, from + maxClientsPerReport))))
  return texts
}

function isReported(client: string, at: unknown): at is number {
  return Number.isInteger(at) && (at as number) >= 0 && (at as number) <= maxEpochMs && isId(client)
}
