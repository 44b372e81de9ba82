// Reads a QR code off the screen, as a phone's camera would: from what is painted, quiet zone and all.
import type { Locator } from '@playwright/test'
import decodeQr from 'qr/decode.js'

/** The text of the code that `element` shows; throws where no code can be read from it. */
export async function readQr(element: Locator): Promise<string> {
  const png = (await element.screenshot()).toString('base64')
  const pixels = await element.page().evaluate(async (source) => {
    const image = new Image()
    image.src = `data:image/png;base64,${source}`
    await image.decode()
    const canvas = new OffscreenCanvas(image.width, image.height)
    const context = canvas.getContext('2d')!
    context.drawImage(image, 0, 0)
    return {
      width: image.width,
      height: image.height,
      data: [...context.getImageData(0, 0, image.width, image.height).data],
    }
  }, png)
  return decodeQr({ ...pixels, data: Uint8ClampedArray.from(pixels.data) }, { timeLimit: 5_000 })
}
