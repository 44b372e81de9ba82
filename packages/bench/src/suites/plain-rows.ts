// What the app's table is compared with while it is scrolled, searched and sorted: rows of the same size and words. For scrolling all of them are in
// the page, without a line of script; for the rest a short script writes as many as the app keeps in the page. What such a page drops, the machine
// drops by itself.
import type { Page } from 'playwright-core'

/** In px, as the table's. */
const rowHeight = 42
/** As many as the app's table has in the page, those beyond the edges included, in a window of 1600 × 900. */
const rowsInPage = 38

/** A client as a plain page knows it. */
export interface PlainClient {
  readonly name: string
  readonly plan: string
  readonly daysAgo: number
  readonly createdOn: string
}

/** A page that scrolls as far as the table of the suite does, at the same place of the window. */
export async function showPlainRows(page: Page, rows: number): Promise<void> {
  await page.setContent(pageOf(Array.from({ length: rows }, (_, index) => rowOf(index)).join('')))
}

/** A page that is searched and sorted by the same names as the app's overview. */
export async function showPlainList(page: Page, clients: readonly PlainClient[]): Promise<void> {
  await page.setContent(pageOf(Array.from({ length: rowsInPage }, (_, index) => rowOf(index)).join('')))
  await page.evaluate(follow, { clients, rowHeight })
}

function pageOf(body: string): string {
  const sorts = ['Client', 'Plan', 'Last Activity'].map((name) => `<button>${name}</button>`).join('')
  return `<!doctype html>
<meta charset="utf-8" />
<title>Plain rows</title>
<style>
  * { box-sizing: border-box; margin: 0 }
  body { font: 14px sans-serif; background: #fff }
  main { position: fixed; inset: 170px 0 40px 232px; overflow: auto; background: #fff }
  table { width: 100%; table-layout: fixed; border-collapse: separate; border-spacing: 0 }
  tr { height: ${rowHeight}px }
  td, th { padding: 0 16px; border-bottom: 1px solid #e7e7ec; text-align: start; font-weight: 400 }
  span { padding: 2px 8px; border: 1px solid #c5d4e6; border-radius: 11px; background: #eef4fb }
</style>
<header><input type="text" role="searchbox" aria-label="Search clients" />${sorts}</header>
<main><table><tbody>${body}</tbody></table><div></div></main>`
}

function rowOf(index: number): string {
  return `<tr><td><input type="checkbox" /></td><th>Client number ${index}</th><td><span>Professional</span></td><td></td><td>${index % 28} days ago</td><td>${1 + (index % 28)} May 2024</td><td></td></tr>`
}

/** Runs in the page: what somebody would write who has nothing but this list to keep in step. */
function follow({ clients, rowHeight }: { clients: readonly PlainClient[]; rowHeight: number }): void {
  const input = document.querySelector('input[role=searchbox]') as HTMLInputElement
  const rest = document.querySelector('main > div') as HTMLElement
  const rows = [...document.querySelectorAll('tr')]
  const compare = new Intl.Collator('en', { numeric: true }).compare
  const orders: Record<string, (a: PlainClient, b: PlainClient) => number> = {
    Client: (a, b) => compare(a.name, b.name),
    Plan: (a, b) => (a.plan < b.plan ? -1 : a.plan > b.plan ? 1 : 0),
    'Last Activity': (a, b) => a.daysAgo - b.daysAgo,
  }
  // Sorted ahead, as the app's are.
  const sorted = Object.fromEntries(Object.entries(orders).map(([name, order]) => [name, clients.toSorted(order)]))
  let order = sorted['Client'] ?? clients

  function write(): void {
    const wanted = input.value.toLowerCase()
    const found = order.filter(({ name }) => name.toLowerCase().includes(wanted))
    for (const [place, row] of rows.entries()) {
      const client = found[place]
      row.hidden = !client
      if (!client) continue
      const texts = ['', client.name, client.plan, '', `${client.daysAgo} days ago`, client.createdOn, '']
      for (const [at, cell] of [...row.cells].entries()) {
        const text = texts[at]
        if (text) (cell.firstElementChild ?? cell).textContent = text
      }
    }
    rest.style.height = `${Math.max(0, found.length - rows.length) * rowHeight}px`
  }

  input.addEventListener('input', write)
  input.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return
    input.value = ''
    write()
  })
  for (const button of document.querySelectorAll('button')) {
    button.addEventListener('click', () => {
      order = sorted[button.textContent] ?? clients
      write()
    })
  }
  write()
}
