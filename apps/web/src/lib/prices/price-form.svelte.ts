// What is typed into the price form, and the price that it makes.
import { currencyDigits, decimalToMinor } from '@tierbook/billing'
import type { PriceFields } from '@tierbook/core'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { CommandForm } from '#lib/ui/command-form.svelte.ts'
import { m } from '#lib/paraglide/messages.js'
import { shiftPoint } from './price-words.ts'

export class PriceFormState {
  readonly form = new CommandForm()
  /** `tier:<id>`, `client` or `usage`. */
  thing = $state('')
  unit = $state('')
  client = $state('')
  amount = $state('')
  included = $state('')
  minimum = $state('')
  currency = $state('')
  interval = $state<PriceFields['interval']>('month')
  timing = $state<PriceFields['timing']>('arrears')
  cycle = $state<PriceFields['cycle']>('calendar')
  effectiveOn = $state('')
  existing = $state<'all' | 'later' | 'never'>('all')
  existingFrom = $state('')
  setupFee = $state('')
  cost = $state('')
  discount = $state('')
  discountUntil = $state('')
  taxCode = $state('')
  readonly #view: BookView

  constructor(view: BookView) {
    this.#view = view
    this.thing = `tier:${view.tiers[0]?.id ?? ''}`
    this.currency = view.settings.currency
    this.effectiveOn = `${view.today().slice(0, 8)}01`
  }

  get isUsage(): boolean {
    return this.thing === 'usage'
  }

  /** Sets the price; gives whether it was. */
  async save(): Promise<boolean> {
    const saved = await this.form.run(async () => {
      const price = this.#toPrice()
      return 'field' in price
        ? { ok: false as const, error: { code: 'invalid-input' as const, ...price } }
        : this.#view.book.setPrice(price)
    })
    if (saved) this.amount = ''
    return saved !== null
  }

  #toPrice(): PriceFields | { field: string; message: string } {
    const currency = this.currency.trim().toUpperCase()
    const wrong: { field: string; message: string }[] = []
    const money = (field: string, typed: string) => {
      const amount = decimalToMinor(typed.trim().replace(',', '.'), currency)
      if (amount === null || amount < 0) wrong.push({ field, message: m.prices_not_an_amount({ text: typed }) })
      return amount ?? 0
    }
    const rate = (field: string, typed: string) => {
      const decimal = typed.trim().replace(',', '.')
      if (!/^\d{1,9}(?:\.\d{1,9})?$/.test(decimal))
        wrong.push({ field, message: m.prices_not_an_amount({ text: typed }) })
      return wrong.length > 0 ? '0' : shiftPoint(decimal, currencyDigits(currency) ?? 2)
    }
    const item: PriceFields['item'] = this.isUsage
      ? { kind: 'usage', unit: this.unit.trim() }
      : this.thing === 'client'
        ? { kind: 'client' }
        : { kind: 'tier', tier: this.thing.slice('tier:'.length) }
    const price: PriceFields = {
      item,
      effectiveOn: this.effectiveOn,
      currency,
      interval: this.interval,
      timing: this.isUsage ? 'arrears' : this.timing,
      cycle: this.cycle,
      model: this.isUsage
        ? {
            type: 'perUnit',
            rate: rate('amount', this.amount),
            ...(this.included ? { included: Number(this.included) } : {}),
            ...(this.minimum ? { minimum: money('minimum', this.minimum) } : {}),
          }
        : { type: 'flat', amount: money('amount', this.amount) },
      ...(this.client ? { client: this.client } : {}),
      ...(this.existing === 'all' ? {} : { existingFrom: this.existing === 'never' ? null : this.existingFrom }),
      ...(this.setupFee ? { setupFee: money('setupFee', this.setupFee) } : {}),
      ...(this.cost ? { cost: String(money('cost', this.cost)) } : {}),
      ...(this.discount
        ? { discount: { percent: this.discount.replace(',', '.'), until: this.discountUntil || null } }
        : {}),
      ...(this.taxCode.trim() ? { taxCode: this.taxCode.trim() } : {}),
    }
    return wrong[0] ?? price
  }
}
