// Reads rows of prices: what each is for, how much, how often, and its terms.
import type { Book, PriceFields } from '@tierbook/core'
import { blankPrice, type PriceInput, readPrice } from '#lib/prices/price-input.ts'
import { amountWords, intervalWords } from '#lib/prices/price-words.ts'
import { dateWords } from '#lib/ui/words.ts'
import { m } from '#lib/paraglide/messages.js'
import type { LookUp } from './look-up.ts'
import type { RowReader } from './plan-records.ts'
import { createItemReader } from './read-price-item.ts'

/** Reads one row after the other. */
export function priceReader(
  book: Pick<Book, 'settings' | 'today' | 'tiers' | 'prices' | 'usage'>,
  lookUp: LookUp,
): RowReader<PriceFields> {
  const itemOf = createItemReader(book, lookUp)
  const blank = blankPrice(book.settings().currency, `${book.today().slice(0, 8)}01`)
  return {
    columns: [m.prices_for(), m.prices_price(), m.prices_from(), m.prices_client()],
    read(cells) {
      const text = (field: string) => cells[field]?.trim() ?? ''
      const faults: string[] = []
      const choose = <T extends string>(field: string, words: Readonly<Record<string, T>>, otherwise: T): T => {
        const typed = text(field).toLowerCase()
        const found = typed === '' ? otherwise : words[typed]
        if (found === undefined)
          faults.push(m.import_bad_choice({ names: Object.keys(words).join(', '), text: text(field) }))
        return found ?? otherwise
      }
      const found = itemOf(text)
      if ('faults' in found) return found
      const { item } = found
      // A bundle's client is who pays for it.
      const client = text('client') && item.kind !== 'bundle' ? lookUp.client(text('client'), '') : null
      if (client && 'fault' in client) faults.push(client.fault)
      const steps = readSteps(text('steps'))
      if (!steps) faults.push(m.import_bad_steps({ text: text('steps') }))
      const isUsage = item.kind === 'usage'
      const usual = !isUsage ? 'flat' : text('steps') ? 'graduated' : text('size') ? 'package' : 'perUnit'
      const discount = /^(.*?)\s*(%|[a-z]{3})?$/i.exec(text('discount'))
      const existing = text('existingFrom').toLowerCase()
      const input: PriceInput = {
        ...blank,
        item,
        model: choose('model', isUsage ? usageModels : baseModels, usual),
        client: client && 'id' in client ? client.id : '',
        currency: text('currency') || blank.currency,
        amount: text('amount'),
        size: text('size'),
        steps: steps ?? [],
        included: text('included'),
        minimum: text('minimum'),
        interval: choose('interval', intervals, 'month'),
        timing: choose('timing', timings, 'arrears'),
        cycle: choose('cycle', cycles, 'calendar'),
        effectiveOn: text('effectiveOn') || blank.effectiveOn,
        existing: existing === '' || existing === 'all' ? 'all' : newOnly.has(existing) ? 'never' : 'later',
        existingFrom: text('existingFrom'),
        setupFee: text('setupFee'),
        discountKind: /[a-z]/i.test(discount?.[2] ?? '') ? 'amount' : 'percent',
        discount: discount?.[1] ?? '',
        discountUntil: text('discountUntil'),
        taxCode: text('taxCode'),
        cost: text('cost'),
      }
      const read = readPrice(input)
      if ('faults' in read) faults.push(...read.faults.map(({ message }) => message))
      if (faults.length > 0 || 'faults' in read) return { faults }
      const whose = client && 'name' in client ? client.name : m.prices_every_client()
      const what =
        item.kind === 'usage'
          ? m.prices_unit_named({ unit: item.unit })
          : item.kind === 'bundle'
            ? m.prices_bundle_named({ name: item.name })
            : text('for')
      const { price } = read
      return {
        item: price,
        cells: [
          what,
          `${amountWords(price)} / ${intervalWords[price.interval]()}`,
          dateWords(price.effectiveOn),
          item.kind === 'bundle' ? text('client') : whose,
        ],
      }
    },
  }
}

const newOnly = new Set(['never', 'new', 'new only', 'keep', 'nie', 'neue', 'nur neue'])
const baseModels = { flat: 'flat', none: 'none', ended: 'none', pauschal: 'flat', keiner: 'none' } as const
const usageModels = {
  'per unit': 'perUnit',
  perunit: 'perUnit',
  graduated: 'graduated',
  volume: 'volume',
  package: 'package',
  none: 'none',
  'je einheit': 'perUnit',
  gestaffelt: 'graduated',
  mengenpreis: 'volume',
  paket: 'package',
  keiner: 'none',
} as const
const intervals = {
  month: 'month',
  monthly: 'month',
  quarter: 'quarter',
  quarterly: 'quarter',
  year: 'year',
  yearly: 'year',
  annual: 'year',
  monat: 'month',
  monatlich: 'month',
  quartal: 'quarter',
  vierteljährlich: 'quarter',
  jahr: 'year',
  jährlich: 'year',
} as const
const timings = {
  arrears: 'arrears',
  'in arrears': 'arrears',
  advance: 'advance',
  'in advance': 'advance',
  'im nachhinein': 'arrears',
  'im voraus': 'advance',
} as const
const cycles = {
  calendar: 'calendar',
  anniversary: 'anniversary',
  kalender: 'calendar',
  jahrestag: 'anniversary',
} as const

/** `10: 0.50; 100: 0.40; 0.30` as steps, the last without an end; `+5` behind a rate is charged once where the step is reached. */
export function readSteps(text: string): PriceInput['steps'] | null {
  if (text === '') return []
  const parts = text.split(';').map((part) => /^\s*(?:(\d+)\s*:)?\s*([\d.,]+)\s*(?:\+\s*([\d.,]+))?\s*$/.exec(part))
  if (parts.some((part) => !part)) return null
  return parts.map((part) => ({ upTo: part?.[1] ?? '', rate: part?.[2] ?? '', flat: part?.[3] ?? '' }))
}
