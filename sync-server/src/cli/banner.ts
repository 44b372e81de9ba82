// The one block that `start` prints for the person at the terminal.
import { networkInterfaces } from 'node:os'
import type { TierbookServer } from '../server.ts'
import type { Settings } from '../settings.ts'
import { version } from '../version.ts'

export async function writeBanner(server: TierbookServer, settings: Settings): Promise<string> {
  const { address, port } = server
  const link = await server.ownerLink()
  const lines: [string, string][] = [['Open', address.url]]
  if (address.isLoopback) {
    for (const host of reachableAddresses(settings.host))
      lines.push(['Network', `http://${host}:${port} (offline use there needs HTTPS; see TIERBOOK_PUBLIC_URL)`])
  }
  if (link) {
    lines.push(
      ['Sign in', link.url],
      ['', `this link makes whoever opens it an owner, until ${new Date(link.expiresAt).toISOString().slice(0, 16)}Z`],
    )
  } else
    lines.push(['Sign in', 'several books are here; make a link with `npx tierbook token --book <id> --role owner`'])
  lines.push(['Data', settings.dataFolder])
  return `\n  Tierbook ${version} is running\n\n${lines.map(([name, text]) => `  ${name.padEnd(9)}${text}`).join('\n')}\n\n`
}

/** The same for a program. */
export async function writeFacts(server: TierbookServer): Promise<string> {
  const ownerLink = await server.ownerLink()
  return `${JSON.stringify({ url: server.address.url, pid: process.pid, ownerLink, isNew: true }, null, 2)}\n`
}

function reachableAddresses(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return []
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}
