// What is typed into the price form, and the price that it makes.
import { createId, isPlainDate, type PriceFields, type Result } from '@tierbook/core'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { dayBefore } from '#lib/ui/billing-words.ts'
import { CommandForm } from '#lib/ui/command-form.svelte.ts'
import { m } from '#lib/paraglide/messages.js'
import {
  blankPrice,
  type PriceFault,
  type PriceInput,
  readPrice,
  type StepInput,
  type UsageModelName,
} from './price-input.ts'
import { isSameThing } from './price-words.ts'
import { raisedOn } from './raised-words.ts'

/** Takes a price, or says why not. */
export type SetPrice = (price: PriceFields) => Promise<Result<unknown>>

/** What stands in the fields. */
type Typed = { -readonly [Field in keyof Omit<PriceInput, 'steps'>]: PriceInput[Field] } & { steps: StepInput[] }

export class PriceFormState {
  readonly form = new CommandForm()
  /** `tier:<id>`, `client`, `usage`, `bundle`, or `bundle:<id>` of one that has a price. */
  thing = $state('')
  unit = $state('')
  /** Tier that a usage price is for; empty for all. */
  unitTier = $state('')
  bundle = $state({ name: '', payer: '', members: [] as string[], includes: ['base'] as string[] })
  /** Ends the price instead of setting one. */
  ends = $state(false)
  usageModel = $state<UsageModelName>('perUnit')
  typed = $state<Typed>({ ...blankPrice('', ''), steps: [] })
  #faults = $state.raw<readonly PriceFault[]>([])
  #newBundle = createId()
  readonly #view: BookView

  readonly #set: SetPrice

  /** `set` takes the price; by default the book does. */
  constructor(view: BookView, set: SetPrice = (price) => view.book.setPrice(price)) {
    this.#view = view
    this.#set = set
    this.thing = `tier:${view.tiers[0]?.id ?? ''}`
    this.typed = {
      ...blankPrice(view.settings.currency, `${view.today().slice(0, 8)}01`),
      steps: [
        { upTo: '10', rate: '', flat: '' },
        { upTo: '', rate: '', flat: '' },
      ],
    }
  }

  readonly isUsage = $derived(this.thing === 'usage')
  readonly isBundle = $derived(this.thing.startsWith('bundle'))
  readonly hasSteps = $derived(
    this.isUsage && !this.ends && (this.usageModel === 'graduated' || this.usageModel === 'volume'),
  )

  /** Bundles that have a price, by their latest one. */
  readonly bundles = $derived.by(() => {
    const found = new Map<string, Extract<PriceFields['item'], { kind: 'bundle' }>>()
    for (const { item } of this.#view.prices()) if (item.kind === 'bundle') found.set(item.bundle, item)
    return [...found.values()]
  })

  readonly item = $derived.by((): PriceFields['item'] => {
    if (this.isUsage)
      return { kind: 'usage', unit: this.unit.trim(), ...(this.unitTier ? { tier: this.unitTier } : {}) }
    if (this.thing === 'client') return { kind: 'client' }
    if (!this.isBundle) return { kind: 'tier', tier: this.thing.slice('tier:'.length) }
    const { name, payer, members, includes } = this.bundle
    const bundle = this.thing === 'bundle' ? this.#newBundle : this.thing.slice('bundle:'.length)
    return { kind: 'bundle', bundle, name: name.trim(), payer, members: [...members], includes: [...includes] }
  })

  /** The price that would be changed, if somebody pays one already. */
  readonly before = $derived.by(() => {
    const { client, currency } = this.typed
    return this.#view
      .prices()
      .findLast(
        (price) =>
          isSameThing(price.item, this.item) &&
          (price.client ?? '') === client &&
          price.currency === currency.trim().toUpperCase() &&
          price.model.type !== 'none',
      )
  })

  /** What uplifts have made of it by today, or by the day before the new price. */
  readonly raisedBefore = $derived.by(() => {
    const { effectiveOn } = this.typed
    const [today, last] = [this.#view.today(), isPlainDate(effectiveOn) ? dayBefore(effectiveOn) : '']
    return this.before ? raisedOn(this.#view, this.before, last > today ? last : today) : null
  })

  /** What is wrong with a field. */
  errorFor(field: string): string | null {
    return this.#faults.find((fault) => fault.field === field)?.message ?? this.form.errorFor(field)
  }

  /** Terms of one price are not those of another. */
  chooseThing(thing: string): void {
    this.thing = thing
    const { currency, interval, effectiveOn, steps } = this.typed
    this.typed = { ...blankPrice(currency, effectiveOn), interval, steps }
    this.ends = false
    this.#faults = []
    const known = this.bundles.find(({ bundle }) => thing === `bundle:${bundle}`)
    if (known)
      this.bundle = {
        name: known.name,
        payer: known.payer,
        members: [...known.members],
        includes: [...known.includes],
      }
    else if (thing === 'bundle') this.bundle = { name: '', payer: '', members: [], includes: ['base'] }
  }

  addStep(): void {
    const last = this.typed.steps.at(-1)
    this.typed.steps.splice(-1, 0, { upTo: '', rate: last?.rate ?? '', flat: '' })
  }

  removeStep(place: number): void {
    this.typed.steps.splice(place, 1)
    const last = this.typed.steps.at(-1)
    if (last) last.upTo = ''
  }

  /** The price as typed; an amount of `1.234,50` is none. */
  readonly read = $derived.by(() => {
    const model = this.ends ? 'none' : this.isUsage ? this.usageModel : 'flat'
    return readPrice({ ...this.typed, item: this.item, model })
  })

  /** What uplifts after it have made of the price by today. */
  readonly raisedNow = $derived.by(() => {
    const { read } = this
    return 'price' in read ? raisedOn(this.#view, read.price, this.#view.today()) : null
  })

  /** Sets the price; gives whether it was. */
  async save(): Promise<boolean> {
    const { read } = this
    this.#faults = [...('faults' in read ? read.faults : []), ...this.#bundleFaults()]
    if ('faults' in read || this.#faults.length > 0) return false
    const saved = await this.form.run(() => this.#set(read.price))
    if (saved === null) return false
    this.typed.amount = ''
    this.ends = false
    if (this.isBundle) this.#newBundle = createId()
    return true
  }

  #bundleFaults(): readonly PriceFault[] {
    const { item } = this
    if (item.kind !== 'bundle') return []
    return [
      ...(item.name ? [] : [{ field: 'bundle.name', message: m.ui_expected_name() }]),
      ...(item.payer ? [] : [{ field: 'bundle.payer', message: m.prices_no_payer() }]),
      ...(item.members.length > 0 ? [] : [{ field: 'bundle.members', message: m.prices_no_members() }]),
    ]
  }
}
