// Column mappings that this device remembers: a file with the same headings is read as it was the last time.
import * as z from 'zod/mini'
import { type KeyValueStorage, readStored, writeStored } from '#lib/device/stored-json.ts'
import type { ImportKind } from './import-fields.ts'
import type { ColumnMatch } from './match-columns.ts'

const Profile = z.object({
  kind: z.enum(['clients', 'prices', 'usage', 'history']),
  name: z.string(),
  /** The file's headings when it was remembered. */
  header: z.array(z.string()),
  /** Heading of each field's column. */
  columns: z.record(z.string(), z.string()),
})
const Profiles = z.array(Profile)
/** A mapping with a name. */
export type Profile = z.infer<typeof Profile>

const key = 'tierbook.import-profiles'
const mostKept = 50

/** Reads and writes profiles. */
export function createProfiles(storage: KeyValueStorage) {
  const all = () => readStored(storage, key, Profiles).value ?? []
  return {
    /** Those of one kind, latest first. */
    list: (kind: ImportKind): readonly Profile[] => all().filter((profile) => profile.kind === kind),
    /** Takes the place of one of the same name. */
    remember(profile: Profile): void {
      const others = all().filter(({ kind, name }) => kind !== profile.kind || name !== profile.name)
      writeStored(storage, key, [profile, ...others].slice(0, mostKept))
    },
    forget(profile: Pick<Profile, 'kind' | 'name'>): void {
      writeStored(
        storage,
        key,
        all().filter(({ kind, name }) => kind !== profile.kind || name !== profile.name),
      )
    },
  }
}

/** The profile made from a file with these very headings, in whatever order. */
export function profileFor(profiles: readonly Profile[], header: readonly string[]): Profile | undefined {
  const sorted = (headings: readonly string[]) => JSON.stringify([...headings].sort())
  return profiles.find((profile) => sorted(profile.header) === sorted(header))
}

/** The columns of a profile in a file; fields whose heading the file lacks are left out. */
export function matchOf(profile: Profile, header: readonly string[]): ColumnMatch {
  const match: Record<string, number> = {}
  for (const [field, heading] of Object.entries(profile.columns)) {
    const index = header.indexOf(heading)
    if (index >= 0) match[field] = index
  }
  return match
}

/** What a profile remembers of a mapping. */
export function columnsOf(match: ColumnMatch, header: readonly string[]): Profile['columns'] {
  return Object.fromEntries(
    Object.entries(match).flatMap(([field, index]) => {
      const heading = header[index]
      return heading ? [[field, heading]] : []
    }),
  )
}
