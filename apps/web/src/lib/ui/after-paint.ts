// Waits until what was just shown is on the screen: for work that a person would otherwise wait for before they see what they did.

/** A page that is not in sight paints nothing, and work must not wait for it. */
const longestMs = 50

/** Resolves in a task behind the next frame, or after 50 ms where none is painted. */
export function afterPaint(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, longestMs)
    requestAnimationFrame(() => {
      // A frame's callbacks run before it is painted; a message is a task of its own behind that.
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        port1.close()
        clearTimeout(timer)
        resolve()
      }
      port2.postMessage(null)
    })
  })
}
