// The change log says whether it is as it was written, names what somebody altered, and goes out as a file that a stranger’s program confirms.
import { readFile } from 'node:fs/promises'
import { verifyAudit } from '../../../packages/core/verifier/verify-audit.mjs'
import { expect, localTest as test } from './fixtures.ts'
import { addClient, goTo, startBook, trySample } from './steps.ts'

test('[LG6] every entry is verified, and the audit export is confirmed by a program that shares no code', async ({
  devices,
}) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await addClient(page, { name: 'Brook & Sons', tier: 'Enterprise' })
  await page.reload()
  await addClient(page, { name: 'Cedar Law', tier: 'Professional' })
  await goTo(page, 'Change log')
  const state = page.getByTestId('verification')
  await expect(state).toContainText('Verified: every entry is as it was written')
  await state.getByRole('button').first().click()
  const panel = page.getByRole('dialog', { name: 'Verification of the log' })
  await expect(panel).toContainText('Sessions 2')
  await expect(panel).toContainText('Devices that sign 1')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    panel.getByRole('button', { name: 'Export for an audit' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('northwind-audit.jsonl')
  const file = await readFile(await download.path())
  const { summary, problems } = verifyAudit(file)
  expect(problems).toEqual([])
  expect(summary).toContain('4 actions, 2 sessions, 1 devices that sign, 4 actions vouched for')
  expect(verifyAudit(Buffer.from(file.toString().replace('Acme', 'Acne'))).problems.join('\n')).toContain(
    'not the one that was hashed',
  )
})

test('[LG6] the private key is in the browser’s database and cannot be read out of it', async ({ devices }) => {
  const page = await devices.open()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  const read = await page.evaluate(async () => {
    const name =
      (await indexedDB.databases()).map((each) => each.name ?? '').find((each) => each.includes('journal')) ?? ''
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name)
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(new Error('no journal'))
    })
    const keys = await new Promise<CryptoKeyPair>((resolve) => {
      const request = database.transaction('marks').objectStore('marks').get('device-key')
      request.onsuccess = () => resolve((request.result as { kept: CryptoKeyPair }).kept)
    })
    database.close()
    const exported = await crypto.subtle
      .exportKey('pkcs8', keys.privateKey)
      .catch((error: unknown) => (error as Error).name)
    return { extractable: keys.privateKey.extractable, algorithm: keys.privateKey.algorithm.name, exported }
  })
  expect(read).toEqual({ extractable: false, algorithm: 'Ed25519', exported: 'InvalidAccessError' })
})

test('[LG6] of a browser that cannot sign it is said how much nothing proves, and where that begins', async ({
  devices,
}) => {
  const page = await devices.open()
  await page.addInitScript(() => {
    const refuse = () => Promise.reject(new DOMException('no such algorithm', 'NotSupportedError'))
    if (isSecureContext) Object.assign(crypto.subtle, { generateKey: refuse })
  })
  await page.reload()
  await startBook(page, { person: 'Ada', book: 'Northwind' })
  await addClient(page, { name: 'Acme Dental', tier: 'Starter' })
  await goTo(page, 'Change log')
  const state = page.getByTestId('verification')
  await expect(state).toContainText('The log is in order, but nothing in it is signed')
  await state.getByRole('button').first().click()
  const panel = page.getByRole('dialog', { name: 'Verification of the log' })
  await expect(panel).toContainText(/Not signed 2/)
  const first = panel.getByRole('link', { name: /^The first command without a signature is [\w-]{11}\.0\./ })
  await first.click()
  await expect(page).toHaveURL(/\/changes\?entry=[\w-]{11}\.0%2F0/)
})

test('[LG6] the sample, played by several people over two years, verifies', async ({ devices }) => {
  const page = await devices.open()
  await trySample(page)
  await goTo(page, 'Change log')
  await expect(page.getByTestId('verification')).toContainText('Verified', { timeout: 30_000 })
})
