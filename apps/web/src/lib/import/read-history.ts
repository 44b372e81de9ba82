// Reads rows of history: a client is on a tier from a day on, or its service ended.
import { type Book, isPlainDate, type TierChange } from '@tierbook/core'
import { dateWords } from '#lib/ui/words.ts'
import { m } from '#lib/paraglide/messages.js'
import type { LookUp } from './look-up.ts'
import type { RowReader } from './plan-records.ts'

const endWords = new Set(['ended', 'end', 'cancelled', 'canceled', 'none', 'beendet', 'ende', 'gekündigt', 'keine'])

/** The tier `ended` ends the service; a tier on a later day resumes it. */
export function historyReader(book: Pick<Book, 'tiers'>, lookUp: LookUp): RowReader<TierChange> {
  const names = book.tiers().map(({ name }) => name)
  return {
    columns: [m.import_field_client(), m.import_field_tier(), m.import_field_effective()],
    read(cells) {
      const text = (field: string) => cells[field]?.trim() ?? ''
      const faults: string[] = []
      const client = lookUp.client(text('client'), text('externalRef'))
      if ('fault' in client) faults.push(client.fault)
      const ends = endWords.has(text('tier').toLowerCase())
      const tier = lookUp.tier(text('tier'))
      if (!ends && !tier)
        faults.push(m.import_bad_tier({ names: [...names, m.import_ends_word()].join(', '), text: text('tier') }))
      const effectiveOn = text('effectiveOn')
      if (!isPlainDate(effectiveOn)) faults.push(m.prices_not_a_date({ text: effectiveOn }))
      if (faults.length > 0 || 'fault' in client) return { faults }
      const reason = text('reason')
      return {
        item: {
          client: client.id,
          to: tier && !ends ? { tier } : 'end',
          effectiveOn,
          ...(reason ? { reason } : {}),
        },
        cells: [client.name, tier && !ends ? { tier } : m.import_ends(), dateWords(effectiveOn)],
      }
    },
  }
}
