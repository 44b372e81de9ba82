// What the sample company charges: prices of every model, some of them somebody's own, two months of usage, a sealed month, and a change that
// was entered after it.
import { invoiceRun, presets, sealRun } from '@tierbook/billing'
import type { BillingChange, Book, PriceFields } from '@tierbook/core'
import type { Chance } from './random.ts'

type Usage = NonNullable<BillingChange['usage']>[number]

/** What tiers cost a month, minor units. */
const tierPrices: Readonly<Record<string, number>> = { starter: 19_000, professional: 45_000, enterprise: 120_000 }
const coManagedPrice = 68_000
const backupSteps: Extract<PriceFields['model'], { type: 'graduated' }>['steps'] = [
  { upTo: 500, rate: '20' },
  { upTo: 2_000, rate: '15' },
  { upTo: null, rate: '10' },
]

/** Prices from the day on which the book begins; written by whoever keeps the prices. */
export async function setPrices(book: Book, { from, risesOn }: { from: string; risesOn: string }): Promise<void> {
  const { currency } = book.settings()
  const price = (item: PriceFields['item'], model: PriceFields['model'], terms: Partial<PriceFields> = {}) => ({
    ...{ item, model, effectiveOn: from, currency },
    ...({ interval: 'month', timing: 'arrears', cycle: 'calendar' } as const),
    ...terms,
  })
  const flat = (amount: number) => ({ type: 'flat', amount }) as const
  const clients = book.clients({ status: 'active' })
  const [first, second, third, fourth, fifth] = clients.filter(({ tier }) => tier === 'enterprise')
  const prices: PriceFields[] = book.tiers().map(({ id }) => {
    const amount = tierPrices[id] ?? coManagedPrice
    const setupFee = id === 'enterprise' ? { setupFee: 50_000 } : {}
    return price({ kind: 'tier', tier: id }, flat(amount), { cost: String(Math.round(amount * 0.55)), ...setupFee })
  })
  prices.push(
    price({ kind: 'usage', unit: 'Monitored device' }, { type: 'perUnit', rate: '350', included: 25 }),
    price({ kind: 'usage', unit: 'Backup GB' }, { type: 'graduated', steps: backupSteps, aggregate: 'max' }),
  )
  const tier = { kind: 'tier', tier: 'enterprise' } as const
  if (first) prices.push(price(tier, flat(98_000), { client: first.id }))
  if (second) prices.push(price(tier, flat(120_000), { client: second.id, discount: { percent: '10', until: null } }))
  if (third)
    prices.push(
      price(tier, flat(1_200_000), { client: third.id, interval: 'year', timing: 'advance', cycle: 'anniversary' }),
    )
  if (fourth && fifth)
    prices.push(
      price(
        {
          kind: 'bundle',
          bundle: fourth.id,
          name: 'Group care',
          payer: fourth.id,
          members: [fourth.id, fifth.id],
          includes: ['base'],
        },
        flat(195_000),
      ),
    )
  await book.applyBilling({ prices, uplifts: [{ percent: '4', effectiveOn: risesOn }] })
}

/** What some clients used in a month. */
export async function countUsage(book: Book, chance: Chance, month: { from: string; to: string }): Promise<void> {
  const usage = book.clients({ status: 'active' }).flatMap(({ id }): Usage[] => {
    const draw = chance.next()
    const device = { client: id, unit: 'Monitored device', ...month, quantity: String(8 + chance.below(60)) }
    const backup = { client: id, unit: 'Backup GB', ...month, quantity: String(50 + chance.below(2_600)) }
    return draw < 0.2 ? [device, backup] : draw < 0.45 ? [device] : []
  })
  await book.applyBilling({ source: 'monitoring export', usage })
}

/** Seals a month as the invoices page does. */
export async function sealMonth(book: Book, period: { from: string; to: string }): Promise<void> {
  const made = invoiceRun({ ...book.billingInput(period), policy: presets.standard })
  if (!made.ok) throw new Error(made.error.message)
  const sealed = await book.sealRun({ sealed: sealRun(made.value, { prefix: '' }), prefix: '' })
  if (!sealed.ok) throw new Error(sealed.error.message)
}

/** Agreed within the sealed month and entered after it: the seal turns amber. */
export async function enterLate(book: Book, on: string): Promise<void> {
  const client = book.clients({ status: 'active', tier: 'starter' }).find(({ createdOn, contested, scheduled }) => {
    return createdOn < on && !contested && scheduled === null
  })
  if (client)
    await book.assignTier({
      client: client.id,
      tier: 'professional',
      effectiveOn: on,
      reason: 'Agreed on site, entered late',
    })
}
