// Our server, as `tierbook start` runs it.
import { createServer, readSettings } from '@tierbook/sync-server'
import { answerParent } from './answer-parent.ts'

const read = readSettings(process.env)
if (!read.ok) throw new Error(read.problems.join('\n'))
const server = await createServer({ settings: read.settings })
answerParent({
  port: server.port,
  token: ({ book, actor, role }) => server.accessToken({ book, actor, role }),
  stop: () => server.close(),
})
