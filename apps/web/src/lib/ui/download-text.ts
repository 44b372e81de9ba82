// Hands a text to the person as a file.
import { downloadFile } from './download-file.ts'

/** Saves `text` under `name`. */
export function downloadText(name: string, text: string, type: string): void {
  downloadFile(name, new Blob([text], { type }))
}
