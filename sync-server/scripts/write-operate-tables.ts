// `npm run docs -w @tierbook/sync-server`: writes the tables of docs/operate.md anew.
import { readFileSync, writeFileSync } from 'node:fs'
import { operateTables, replaceTables } from './operate-tables.ts'

const file = new URL('../../docs/operate.md', import.meta.url)
writeFileSync(file, replaceTables(readFileSync(file, 'utf8'), await operateTables()))
