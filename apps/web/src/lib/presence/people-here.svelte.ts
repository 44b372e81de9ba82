// Who else is in the open book and which client each of them has open: one entry a person, however many devices they use.
import type { Author } from '@tierbook/core'
import type { Presence } from '@tierbook/core/websocket'

/** Somebody else who is in the book now. */
export interface PersonHere {
  readonly id: string
  readonly name: string
  /** The clients they have open, one a device at most. */
  readonly clients: readonly string[]
}

/** Shows this device to the others and follows who they are. Nothing of it is stored. */
export class PeopleHere {
  #presence: Presence
  #me: Author
  #working: { readonly client: string }[] = []
  #others = $state.raw<ReturnType<Presence['others']>>([])
  #changes = $state(0)
  #stop: () => void
  #people: readonly PersonHere[]
  #byClient: ReadonlyMap<string, readonly PersonHere[]>

  /** `authors` are the people of the log: the names they wrote under hold, not those they show themselves with. */
  constructor(presence: Presence, { me, authors }: { me: Author; authors: () => readonly Author[] }) {
    this.#presence = presence
    this.#me = me
    this.#people = $derived(peopleOf(this.#others, { me, authors: this.#others.length > 0 ? authors() : [] }))
    this.#byClient = $derived(peopleByClient(this.#people))
    this.#stop = presence.subscribe(() => (this.#others = presence.others()))
    this.#show()
  }

  /** By name, without oneself. */
  get people(): readonly PersonHere[] {
    return this.#people
  }

  /** Changes when a device comes or goes, one's own others too, and not when one opens another client. */
  get devices(): string {
    return this.#others
      .map(({ actor }) => actor)
      .sort()
      .join(' ')
  }

  /** How often the server said that who gets in, or as what, has changed: of people who are away too. */
  get changes(): number {
    return this.#changes
  }

  noteChange(): void {
    this.#changes++
  }

  /** Who else has a client open; undefined where nobody has. */
  at(client: string): readonly PersonHere[] | undefined {
    return this.#byClient.get(client)
  }

  /** Shows the others that this client is open here, until the function it gives is called. */
  workOn(client: string): () => void {
    const work = { client }
    this.#working.push(work)
    this.#show()
    return () => {
      this.#working = this.#working.filter((each) => each !== work)
      this.#show()
    }
  }

  /** Twice is harmless. */
  close(): void {
    this.#stop()
    this.#presence.show(null)
  }

  #show(): void {
    const { id, name } = this.#me
    this.#presence.show({ actor: id, name, client: this.#working.at(-1)?.client ?? null })
  }
}

function peopleOf(
  others: ReturnType<Presence['others']>,
  { me, authors }: { me: Author; authors: readonly Author[] },
): PersonHere[] {
  const names = new Map(authors.map(({ id, name }) => [id, name]))
  const people = new Map<string, { id: string; name: string; clients: string[] }>()
  for (const { actor, name, client } of others) {
    if (actor === me.id) continue
    const person = people.get(actor) ?? { id: actor, name: names.get(actor) ?? name, clients: [] }
    if (client !== null && !person.clients.includes(client)) person.clients.push(client)
    people.set(actor, person)
  }
  return [...people.values()].sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))
}

function peopleByClient(people: readonly PersonHere[]): ReadonlyMap<string, readonly PersonHere[]> {
  const byClient = new Map<string, PersonHere[]>()
  for (const person of people)
    for (const client of person.clients) byClient.set(client, [...(byClient.get(client) ?? []), person])
  return byClient
}
