// What a log must add up to, read from its texts in the plainest way there is. It shares no code with the projection: where the two
// differ, one of them has misread SPEC.md.

interface Said {
  readonly id: string
  readonly action: string
  readonly n: number
  readonly index: number
  readonly kind: string
  readonly subject: string
  readonly on: string
  readonly tier: string | null
  readonly after: readonly string[]
  readonly target: string
}

/** One client on one day. */
export interface OnDay {
  readonly tier: string | null
  readonly status: string
  readonly scheduled: { readonly entry: string; readonly effectiveOn: string; readonly tier: string | null } | null
}

/** One entry of a client's history. */
export interface Told {
  readonly id: string
  readonly kind: string
  readonly from: string | null
  readonly to: string | null
  readonly takenBack: string | null
}

/** Everything about one client that follows from the log. */
export interface ClientView {
  readonly id: string
  readonly contested: boolean
  readonly sides: readonly string[]
  readonly days: readonly OnDay[]
  readonly history: readonly Told[]
}

/** The clients that a log of these texts shows, by id, seen on each of `days`. */
export function readLog(texts: readonly string[], days: readonly string[]): readonly ClientView[] {
  const all = texts.flatMap(entriesOf).sort(inLogOrder)
  const about = new Map<string, Said[]>()
  for (const said of all) about.set(said.subject, [...(about.get(said.subject) ?? []), said])
  const views: ClientView[] = []
  for (const [id, entries] of about) {
    const takenBack = new Set(entries.filter(({ kind }) => kind === 'entry.retracted').map(({ target }) => target))
    if (!entries.some((said) => said.kind === 'client.added' && !takenBack.has(said.id))) continue
    const counting = entries.filter((said) => isAboutTier(said) && !takenBack.has(said.id))
    const heads = headsOf(entries.filter(isAboutTier), takenBack)
    const contested = new Set(heads.map(({ kind, tier, on }) => `${kind} ${tier} ${on}`)).size > 1
    views.push({
      id,
      contested,
      sides: contested ? heads.map((head) => head.id) : [],
      days: days.map((day) => onDay(counting, day)),
      history: entries.map((said) => tell(said, entries)).reverse(),
    })
  }
  return views.sort((a, b) => (a.id < b.id ? -1 : 1))
}

function entriesOf(text: string): Said[] {
  const action = JSON.parse(text) as { id: string; n: number; entries: Record<string, unknown>[] }
  return action.entries.map((entry, index) => ({
    id: `${action.id}/${index}`,
    action: action.id,
    n: action.n,
    index,
    kind: String(entry['kind']),
    subject: String(entry['subject']),
    on: String(entry['effectiveOn']),
    tier: (entry['tier'] as string | undefined) ?? null,
    after: (entry['after'] as string[] | undefined) ?? [],
    target: String(entry['target']),
  }))
}

/** LG3. */
function inLogOrder(a: Said, b: Said): number {
  if (a.n !== b.n) return a.n - b.n
  if (a.action !== b.action) return a.action < b.action ? -1 : 1
  return a.index - b.index
}

function isAboutTier({ kind }: Said): boolean {
  return kind === 'tier.assigned' || kind === 'client.ended' || kind === 'client.resumed'
}

/** TL1 and TL2, asked of one day: the entry of the latest date not after it, and of those of one date the last in log order. */
function latest(entries: readonly Said[], day: string, isAsked: (said: Said) => boolean): Said | null {
  let found: Said | null = null
  for (const said of entries) if (isAsked(said) && said.on <= day && (!found || said.on >= found.on)) found = said
  return found
}

function stateOn(entries: readonly Said[], day: string): { tier: string | null; isEnded: boolean } {
  const service = latest(entries, day, ({ kind }) => kind !== 'tier.assigned')
  const assigned = latest(entries, day, ({ kind }) => kind === 'tier.assigned')
  const isEnded = service?.kind === 'client.ended'
  return { tier: isEnded ? null : (assigned?.tier ?? null), isEnded }
}

function onDay(entries: readonly Said[], day: string): OnDay {
  const dates = [...new Set(entries.map(({ on }) => on))].sort()
  const changing = dates.filter((date, place) => {
    const before = stateOn(entries, dates[place - 1] ?? '')
    const then = stateOn(entries, date)
    return then.tier !== before.tier || then.isEnded !== before.isEnded
  })
  const next = changing.find((date) => date > day)
  const now = stateOn(entries, day)
  const hasBegun = changing.some((date) => date <= day)
  return {
    tier: now.tier,
    status: now.isEnded ? 'ended' : !hasBegun && next ? 'upcoming' : 'active',
    scheduled:
      next === undefined
        ? null
        : { entry: causeOf(entries, next), effectiveOn: next, tier: stateOn(entries, next).tier },
  }
}

/** An assignment of that very date, unless an end of that date hides it; else the end or the resumption. */
function causeOf(entries: readonly Said[], date: string): string {
  const ofDate = entries.filter(({ on }) => on === date)
  const assigned = ofDate.findLast(({ kind }) => kind === 'tier.assigned')
  const service = ofDate.findLast(({ kind }) => kind !== 'tier.assigned')
  const cause = assigned && !stateOn(entries, date).isEnded ? assigned : (service ?? assigned)
  return cause?.id ?? ''
}

/** TL4: what nobody built upon; whoever names an entry that was taken back built upon what that one named. */
function headsOf(entries: readonly Said[], takenBack: ReadonlySet<string>): readonly Said[] {
  const byId = new Map(entries.map((said) => [said.id, said]))
  const seenBy = (said: Said, been = new Set<string>()): string[] =>
    said.after.flatMap((id) => {
      if (been.has(id)) return []
      been.add(id)
      const named = byId.get(id)
      return named && takenBack.has(id) ? seenBy(named, been) : [id]
    })
  const counting = entries.filter(({ id }) => !takenBack.has(id))
  const builtUpon = new Set(counting.flatMap((said) => seenBy(said)))
  return counting.filter(({ id }) => !builtUpon.has(id))
}

function tell(said: Said, entries: readonly Said[]): Told {
  const takes = entries.filter(({ kind, target }) => kind === 'entry.retracted' && target === said.id)
  const told = { id: said.id, kind: said.kind, from: null, to: null, takenBack: takes[0]?.id ?? null }
  if (!isAboutTier(said)) return told
  // What its author's log held, up to here: entries before it, less those that were taken back before it.
  const before = entries.slice(0, entries.indexOf(said))
  const gone = new Set(before.filter(({ kind }) => kind === 'entry.retracted').map(({ target }) => target))
  const held = before.filter((each) => isAboutTier(each) && !gone.has(each.id))
  return { ...told, from: stateOn(held, said.on).tier, to: stateOn([...held, said], said.on).tier }
}
