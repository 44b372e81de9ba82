// What the invoices page works out beside the page: the month's run, the run before, and how the month's seal differs from the book.
import {
  checkSeals,
  invoiceRun,
  type BillingInput,
  type Policy,
  type Result,
  type Run,
  type SealState,
} from '@tierbook/billing'

/** What a month is asked about. */
export interface MonthQuestion {
  readonly input: Omit<BillingInput, 'policy'>
  readonly policy: Policy
  /** The month before, where no run was sealed that this one could be compared with. */
  readonly before: BillingInput['period'] | null
  /** Whether this month is sealed. */
  readonly isSealed: boolean
}

/** See the file. */
export interface MonthFacts {
  readonly made: Result<Run>
  /** Null where nobody would have been billed. */
  readonly before: Run | null
  readonly differences: SealState['differences']
}

/** Works them out. */
export function monthFacts({ input, policy, before, isSealed }: MonthQuestion): MonthFacts {
  const made = invoiceRun({ ...input, policy })
  const last = before ? invoiceRun({ ...input, period: before, policy }) : null
  return {
    made,
    before: last?.ok && last.value.invoices.length > 0 ? last.value : null,
    differences: isSealed ? differencesOf(input, policy) : [],
  }
}

function differencesOf(input: MonthQuestion['input'], policy: Policy): SealState['differences'] {
  const states = checkSeals({ ...input, policy })
  const { from, to } = input.period
  const state = states.ok
    ? states.value.find(({ sealed }) => sealed.period.from === from && sealed.period.to === to)
    : undefined
  return state?.differences ?? []
}
