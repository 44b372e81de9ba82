// What the app's table is compared with while it is scrolled: rows of the same size and words, all of them in the page, without a line of script.
// What such a page drops, the machine drops by itself.

/** In px, as the table's. */
const rowHeight = 42

/** A page that scrolls as far as the table of the suite does, at the same place of the window. */
export function plainRows(rows: number): string {
  const body = Array.from({ length: rows }, (_, index) => rowOf(index)).join('')
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
<main><table><tbody>${body}</tbody></table></main>`
}

function rowOf(index: number): string {
  return `<tr><td><input type="checkbox" /></td><th>Client number ${index}</th><td><span>Professional</span></td><td></td><td>${index % 28} days ago</td><td>${1 + (index % 28)} May 2024</td><td></td></tr>`
}
