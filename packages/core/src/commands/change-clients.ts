// One change of many clients, decided at once and written as one batch, so that it is one thing to undo.
import * as z from 'zod/mini'
import type { RefusedClient } from '../book-undo.ts'
import { fail, type Result, succeed } from '../result.ts'
import { Reason } from '../schema/entries.ts'
import { createId, Id, TierId } from '../schema/ids.ts'
import { PlainDate } from '../schema/plain-date.ts'
import { assignTier, endClient, resumeClient } from './assignments.ts'
import { checkInput } from './check-input.ts'
import { cutSteps } from './cut-steps.ts'
import type { CommandContext, Draft } from './draft.ts'
import type { Step } from './undo.ts'

const ClientsChange = z.strictObject({
  clients: z.array(Id).check(z.minLength(1), z.maxLength(100_000)),
  to: z.union([z.strictObject({ tier: TierId }), z.enum(['end', 'resume'])]),
  effectiveOn: z.optional(PlainDate),
  reason: z.optional(Reason),
})

/** What is written, and which clients take part. */
export interface ClientsChangeDraft {
  readonly batch: string
  readonly changed: readonly string[]
  readonly refused: readonly RefusedClient[]
  readonly drafts: readonly Draft<string>[]
}

/** Decides for each client as the command for one does; fails where none takes part. */
export function changeClients(context: CommandContext, input: unknown): Result<ClientsChangeDraft> {
  const checked = checkInput(ClientsChange, input)
  if (!checked.ok) return checked
  const { clients, to, ...when } = checked.value
  const refused: RefusedClient[] = []
  const changed: string[] = []
  const steps: Step[] = []
  for (const client of new Set(clients)) {
    const one = { client, ...when }
    const draft =
      to === 'end'
        ? endClient(context, one)
        : to === 'resume'
          ? resumeClient(context, one)
          : assignTier(context, { ...one, tier: to.tier })
    if (draft.ok) {
      changed.push(client)
      steps.push(draft.value)
    } else refused.push({ client, ...draft.error })
  }
  if (steps.length === 0)
    return fail(
      'nothing-to-change',
      refused[0]?.message ?? 'clients: none of them changes',
      undefined,
      refused[0]?.because,
    )
  const batch = createId()
  return succeed({ batch, changed, refused, drafts: cutSteps(steps, { batch }) })
}
