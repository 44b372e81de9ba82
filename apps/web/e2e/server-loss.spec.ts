// The server dies in the middle of a stream of edits and comes back: the app converges, and nothing that anybody saw is lost.
import { expect, test } from './fixtures.ts'
import { addClient, inviteLink, joinBook, readyForOffline, setUpServer, syncState, tableRows } from './steps.ts'

test('the server is killed in the middle of edits and restarted: nothing seen is lost', async ({ server, devices }) => {
  const writer = await devices.open()
  await setUpServer(writer, server.ownerLink, { person: 'Ada', book: 'Northwind' })
  await addClient(writer, { name: 'Client 0', tier: 'Starter' })
  const reader = await devices.open()
  await joinBook(reader, await inviteLink(writer, 'editor'), 'Ben')
  await expect(reader.getByRole('row', { name: 'Client 0' })).toBeVisible()
  for (const page of [writer, reader]) await readyForOffline(page)

  const names = Array.from({ length: 10 }, (_, index) => `Client ${index + 1}`)
  const writing = (async () => {
    for (const name of names) await addClient(writer, { name })
  })()
  await expect(reader.getByRole('row', { name: 'Client 3' })).toBeVisible()
  await server.kill()
  const seen = await tableRows(reader)
  await writing
  await expect(syncState(writer)).toContainText(/not sent yet/)
  await server.restart()

  for (const page of [writer, reader])
    await expect(syncState(page)).toHaveText('All changes saved', { timeout: 40_000 })
  await expect(reader.getByTestId('client-count')).toHaveText('11 clients')
  const rows = await tableRows(reader)
  expect(rows).toEqual(await tableRows(writer))
  expect(rows).toEqual(expect.arrayContaining(seen))

  // A device that was never there gets it all from the server's disk.
  const late = await devices.open()
  await joinBook(late, await inviteLink(writer, 'viewer'), 'Cleo')
  await expect(late.getByTestId('client-count')).toHaveText('11 clients')
  expect(await tableRows(late)).toEqual(rows)
})
