// Puts a popover beside its button and keeps it inside the window.

const gapPx = 6
const marginPx = 8

/** Places `panel` below or above `anchor`, on the other side where there is no room. */
export function placeBeside(panel: HTMLElement, anchor: HTMLElement, options: { side: 'below' | 'above' }): void {
  const at = anchor.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = panel
  const below = at.bottom + gapPx
  const above = at.top - gapPx - height
  const fitsBelow = below + height + marginPx <= innerHeight
  const top =
    options.side === 'below' ? (fitsBelow || above < marginPx ? below : above) : above >= marginPx ? above : below
  const start = getComputedStyle(anchor).direction === 'rtl' ? at.right - width : at.left
  const left = Math.min(Math.max(start, marginPx), innerWidth - width - marginPx)
  panel.style.top = `${Math.max(marginPx, top)}px`
  panel.style.left = `${Math.max(marginPx, left)}px`
}
