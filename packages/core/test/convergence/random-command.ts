// One random thing a person or a feed does to a book; commands that are refused are part of the game.
import type { Book } from '../../src/book.ts'
import type { Random } from '../../src/testing/random.ts'

/** Does one thing. */
export async function randomCommand(book: Book, random: Random): Promise<void> {
  const clients = book.clients()
  const draw = clients.length === 0 ? 0 : random.below(100)
  const client = clients.length === 0 ? '' : random.pick(clients).id
  const effectiveOn = randomDate(random)
  if (draw < 15)
    await book.addClient({ name: randomName(random), tier: random.pick(book.tiers()).id, createdOn: effectiveOn })
  else if (draw < 50)
    await book.assignTier({
      client,
      tier: random.pick(book.tiers()).id,
      ...(random.below(2) ? { effectiveOn } : {}),
      ...(random.below(3) ? {} : { reason: 'because "of" it' }),
    })
  else if (draw < 62) await retractSomething(book, client, random)
  else if (draw < 72) await book.editClient({ client, name: randomName(random), note: random.below(2) ? 'note' : null })
  else if (draw < 78) await book.endClient({ client, effectiveOn })
  else if (draw < 84) await book.resumeClient({ client, effectiveOn })
  else if (draw < 88) await book.recordActivity([{ client, at: Math.max(0, Date.parse(`${effectiveOn}T00:00:00Z`)) }])
  else if (draw < 92) await importSomething(book, random)
  else if (draw < 95) await book.addTier({ name: `Tier ${random.below(1_000)}`, rank: random.below(400) })
  else if (draw < 98) await book.editTier({ tier: random.pick(book.tiers()).id, rank: random.below(400) })
  else
    await book.editBook({
      name: randomName(random),
      timeZone: random.pick(['Europe/Berlin', 'Pacific/Kiritimati', 'America/New_York']),
    })
}

async function retractSomething(book: Book, client: string, random: Random): Promise<void> {
  const entries = book.history(client).filter((change) => change.retractable)
  if (entries.length > 0) await book.retract({ entry: random.pick(entries).id })
}

/** Few references, so that devices import the same client while apart. */
async function importSomething(book: Book, random: Random): Promise<void> {
  const rows = Array.from({ length: 1 + random.below(4) }, (_, place) => ({
    row: place + 2,
    client: randomName(random),
    externalRef: `C-${random.below(8)}`,
    tier: random.pick(book.tiers()).name,
    created: randomDate(random),
  }))
  await book.importClients(await book.planImport(rows, { source: 'fuzz.csv' }))
}

function randomDate(random: Random): string {
  return `202${5 + random.below(3)}-${String(1 + random.below(12)).padStart(2, '0')}-${String(1 + random.below(28)).padStart(2, '0')}`
}

function randomName(random: Random): string {
  return `${random.pick(['Acme', 'Bolt', 'Çelik', 'Ørsted', '株式会社', 'Delta "D"', 'Łódź'])} ${random.below(50)}`
}
