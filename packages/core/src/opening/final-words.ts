// What a server's final word is about.
import { closeCode } from '../protocol/wire.ts'
import type { FinalWord } from '../sync/sync.ts'

/** Refusals of what was sent; others are about who sends, or about the book. */
export function isAboutContent({ closeCode: code, refused }: FinalWord): boolean {
  if (code === closeCode.notAllowed) return refused.length > 0
  return code === closeCode.refused || code === closeCode.tooLarge || code === closeCode.malformed
}
