// What an open book needs of its server: the websocket, the token in force, and who else is there. Loads only for a book that has a server.
import type { Author, Book } from '@tierbook/core'
import { createPresence, webSocket } from '@tierbook/core/websocket'
import { PeopleHere } from '#lib/presence/people-here.svelte.ts'
import { type Renewed, syncUrl } from '#lib/remote/api.ts'
import { TokenRenewal } from './token-renewal.ts'

/** Makes it; `keep` is given each renewed token with the role that holds now. */
export function connectServer(parts: {
  token: string
  keep: (renewed: Renewed) => void
  author: Author
  authors: () => readonly Author[]
}) {
  const renewal = new TokenRenewal(parts.token, parts.keep)
  const presence = createPresence()
  const here = new PeopleHere(presence, { me: parts.author, authors: parts.authors })
  const onPeopleChanged = () => here.noteChange()
  return {
    sync: webSocket({ url: syncUrl(), token: () => renewal.token, presence, onPeopleChanged }),
    here,
    /** Follows the role that this device has, once the book is open. */
    follow: (book: Book) => followRole(book, renewal),
    close() {
      renewal.close()
      here.close()
    },
  }
}

/** The role may change while nobody is connected: it is asked for whenever the server is reached again. */
function followRole(book: Book, renewal: TokenRenewal): void {
  let isOnline = false
  const look = () => {
    const wasOnline = isOnline
    isOnline = book.status.sync === 'online'
    if (isOnline && !wasOnline) void renewal.renew()
  }
  look()
  book.subscribe(({ status }) => {
    if (status) look()
  })
}
