// `npm run sample-postgres -w @tierbook/sync-server`: a real PostgreSQL in a temporary folder, with the URL of an empty database to try a server on;
// it and all in it are gone when it ends. `-- --setting 'fsync = on'` adds lines to its settings.
// A parent process asks by messages: `database` makes a new one, `usage` says what CPU PostgreSQL has used.
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { startPostgres } from '../test/postgres/sample-postgres.ts'

const { values } = parseArgs({ options: { setting: { type: 'string', multiple: true, default: [] } } })
const postgres = await startPostgres(values.setting)
try {
  if (process.send) {
    process.on('message', (asked) => {
      if (asked === 'usage') process.send?.({ cpuMs: postgres.cpuMs() })
      else void postgres.createDatabase().then((url) => process.send?.({ url }))
    })
    process.send({ started: true })
    await once(process, 'disconnect')
  } else {
    console.log(`TIERBOOK_DATABASE_URL=${await postgres.createDatabase()}`)
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  }
} finally {
  await postgres.close()
}
