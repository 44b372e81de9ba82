// What the operator's commands say where a store is not as they need it: words, an exit code, and never a stack.
import { createId } from '@tierbook/core'
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createHash } from 'node:crypto'
import { join as joinPath } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { join, runCommand, startSampleProcess } from './sample-process.ts'
import { sampleFolder } from './sample-server.ts'
import { mountSmallDisk } from './small-disk.ts'

const book = createId()
const actor = createId()
let filled = ''

beforeEach(async () => {
  if (filled !== '') return
  filled = sampleFolder()
  const server = await startSampleProcess({ folder: filled })
  await join(server.port, { invite: server.invite, actor, book })
  server.child.kill('SIGTERM')
  await server.ended
}, 120_000)

function copyOfFolder(): { folder: string; file: string } {
  const folder = joinPath(sampleFolder(), 'data')
  cpSync(filled, folder, { recursive: true })
  return { folder, file: joinPath(folder, 'tierbook.db') }
}

const run = async (folder: string, ...args: string[]) => {
  const command = runCommand({ args, environment: { TIERBOOK_DATA: folder, PORT: '0' } })
  return { code: await command.ended, stdout: command.stdout(), stderr: command.stderr() }
}
const alter = (file: string, sql: string) => {
  const database = new DatabaseSync(file)
  database.exec(sql)
  database.close()
}
const aStack = /\n\s+at /

describe('start', () => {
  test.each([
    ['a newer Tierbook wrote', (file: string) => alter(file, 'PRAGMA user_version = 99'), 'the newer Tierbook'],
    ['is no database', (file: string) => writeFileSync(file, 'x'.repeat(8192)), 'file is not a database'],
    ['was cut short', (file: string) => truncateSync(file, 8192), 'malformed'],
  ])('on a database that %s names it and what to do, and exits with 1', async (_what, damage, words) => {
    const { folder, file } = copyOfFolder()
    damage(file)
    const { code, stdout, stderr } = await run(folder, 'start')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(`Tierbook cannot start: ${file} cannot be used`)
    expect(stderr).toContain(words)
    expect(stderr).toContain('tierbook doctor')
    expect(stderr).not.toMatch(aStack)
  })

  test('on a signing key that is none names the file, and exits with 1', async () => {
    const { folder } = copyOfFolder()
    writeFileSync(joinPath(folder, 'signing-key.pem'), 'no key')
    const { code, stderr } = await run(folder, 'start')
    expect(code).toBe(1)
    expect(stderr).toContain(joinPath(folder, 'signing-key.pem'))
    expect(stderr).not.toMatch(aStack)
  })

  test('a word that is no command is named', async () => {
    const { code, stderr } = await run(filled, 'strat')
    expect([code, stderr]).toEqual([1, 'error: there is no command strat; see `tierbook --help`\n'])
  })
})

describe('a database with a damaged page', () => {
  const damaged = (name: string) => {
    const { folder, file } = copyOfFolder()
    const database = new DatabaseSync(file)
    const table = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name)
    const page = Number(table?.['rootpage'])
    database.close()
    const bytes = readFileSync(file)
    bytes.fill(0xff, (page - 1) * 4096, page * 4096)
    writeFileSync(file, bytes)
    return folder
  }

  test.each([
    ['bindings', `book ${book}: `],
    ['receipts', `book ${book}: `],
    ['sqlite_autoindex_updates_1', `book ${book}, update 1: `],
  ])('[F49] verify says where %s cannot be read, and ends with 2', async (name, where) => {
    const { code, stdout, stderr } = await run(damaged(name), 'verify')
    expect([code, stderr]).toEqual([2, ''])
    expect(stdout).toContain(`${where}the database cannot be read or written: database disk image is malformed`)
  })

  test('backup copies it all the same, and says that it is not whole', async () => {
    const { code, stdout, stderr } = await run(damaged('bindings'), 'backup', '--to', sampleFolder())
    expect([code, stderr]).toEqual([2, ''])
    expect(stdout).toContain('NOT whole')
  })

  test.each(['books', 'export'])('%s says so and ends with 1', async (name) => {
    const { code, stderr } = await run(damaged('sqlite_autoindex_updates_1'), name)
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: the database cannot be read.*\n$/)])
  })
})

test('a database that another program holds is said to be locked', async () => {
  const { folder, file } = copyOfFolder()
  const holder = new DatabaseSync(file)
  onTestFinished(() => holder.close())
  holder.exec('BEGIN EXCLUSIVE')
  const { code, stderr } = await run(folder, 'role', actor, 'owner')
  expect(code).toBe(1)
  expect(stderr).toBe('error: the database cannot be read or written: database is locked; see `tierbook doctor`\n')
}, 20_000)

describe('backup and restore', () => {
  test('a backup that a newer Tierbook made is refused with words, and nothing is left behind', async () => {
    const to = sampleFolder()
    expect((await run(filled, 'backup', '--to', to)).code).toBe(0)
    const backup = joinPath(to, readdirSync(to)[0] ?? '')
    const file = joinPath(backup, 'tierbook.db')
    alter(file, 'PRAGMA user_version = 99')
    const manifest = JSON.parse(readFileSync(joinPath(backup, 'backup.json'), 'utf8')) as object
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
    writeFileSync(joinPath(backup, 'backup.json'), JSON.stringify({ ...manifest, sha256 }))
    const { folder } = copyOfFolder()
    const before = readFileSync(joinPath(folder, 'tierbook.db'))
    const { code, stderr } = await run(folder, 'restore', backup)
    expect(code).toBe(1)
    expect(stderr).toContain('the backup cannot be restored by this program: the database has schema 99')
    expect(stderr).not.toMatch(aStack)
    expect(readdirSync(folder).filter((name) => name.includes('restoring'))).toEqual([])
    expect(readFileSync(joinPath(folder, 'tierbook.db'))).toEqual(before)
  })

  test('a backup of a folder without a server makes nothing', async () => {
    const to = joinPath(sampleFolder(), 'backups')
    const { code, stderr } = await run(joinPath(sampleFolder(), 'nothing'), 'backup', '--to', to)
    expect([code, stderr]).toEqual([1, expect.stringContaining('no server has run on')])
    expect(existsSync(to)).toBe(false)
  })
})

describe('--json', () => {
  test('every command that prints something has it', async () => {
    const { createProgram } = await import('../src/cli/program.ts')
    const without = createProgram().commands.filter(({ options }) => !options.some(({ long }) => long === '--json'))
    expect(without.map((command) => command.name())).toEqual([])
  })

  test.each([
    [['token', '--role', 'viewer', '--book', book], { role: 'viewer', book, warnings: ['loopback'] }],
    [['token', '--access', '--book', book, '--actor', actor, '--role', 'owner'], { actor, role: 'owner', book }],
    [['role', actor, 'owner', '--book', book], { actor, role: 'owner', book }],
    [['revoke', actor, '--device', actor], { actor, device: actor, revoked: true }],
  ])('%s prints one document and nothing else', async (args, expected) => {
    const { code, stdout, stderr } = await run(copyOfFolder().folder, ...args, '--json')
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject(expected)
  })

  test('start prints where it runs and the owner link; on the folder of a running one that it does', async () => {
    const { folder } = copyOfFolder()
    const environment = { TIERBOOK_DATA: folder, PORT: '0' }
    const server = runCommand({ args: ['start', '--json'], environment })
    await server.printed(/("isNew": true)\n\}/)
    const facts = JSON.parse(server.stdout()) as { url: string; pid: number; ownerLink: { url: string } }
    expect(facts.ownerLink.url).toContain(`${facts.url}/join#`)
    const second = runCommand({ args: ['start', '--json'], environment })
    expect(await second.ended).toBe(0)
    expect(JSON.parse(second.stdout())).toEqual({ url: facts.url, pid: facts.pid, ownerLink: null, isNew: false })
  })

  test('export says what it wrote to a file, and asks for one', async () => {
    const out = joinPath(sampleFolder(), 'log.jsonl')
    const { code, stdout } = await run(filled, 'export', '--out', out, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ book, format: 'jsonl', file: out, lines: 0 })
    expect(await run(filled, 'export', '--json')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--json needs --out') as string,
    })
  })
})

describe('a disk', () => {
  test('[F20] that is full is named by every command that writes, and nothing is left that looks whole', async ({
    skip,
  }) => {
    const disk = mountSmallDisk(64)
    if (!disk) return skip()
    onTestFinished(disk.close)
    const { folder } = copyOfFolder()
    const target = joinPath(disk.folder, 'target')
    const backup = await run(folder, 'backup', '--to', target)
    expect([backup.code, backup.stderr]).toEqual([1, expect.stringMatching(/full|ENOSPC/)])
    expect(existsSync(target) ? readdirSync(target).filter((name) => !name.endsWith('.partial')) : []).toEqual([])
    rmSync(target, { recursive: true, force: true })
    const moved = await run(folder, 'move', '--to', target)
    expect([moved.code, moved.stderr]).toEqual([1, expect.stringMatching(/full|ENOSPC/)])
    rmSync(target, { recursive: true, force: true })
    writeFileSync(joinPath(disk.folder, 'rest'), '')
    expect(() => {
      for (;;) appendFileSync(joinPath(disk.folder, 'rest'), Buffer.alloc(1024))
    }).toThrow('ENOSPC')
    const started = await run(target, 'start')
    expect([started.code, started.stderr]).toEqual([1, expect.stringMatching(/cannot be written to .*(full|ENOSPC)/)])
    for (const { stderr } of [backup, moved, started]) expect(stderr).not.toMatch(aStack)
  })

  test('[F20] that is read-only is named with its folder', async ({ skip }) => {
    const disk = mountSmallDisk(64)
    if (!disk) return skip()
    onTestFinished(disk.close)
    disk.seal()
    const { folder } = copyOfFolder()
    const target = joinPath(disk.folder, 'target')
    for (const args of [
      ['backup', '--to', target],
      ['move', '--to', target],
    ]) {
      const { code, stderr } = await run(folder, ...args)
      expect([code, stderr]).toEqual([1, expect.stringContaining('EROFS')])
      expect(stderr).not.toMatch(aStack)
    }
    for (const command of ['start', 'token']) {
      const { code, stderr } = await run(target, command)
      expect([code, stderr]).toEqual([1, expect.stringMatching(/cannot be written to .*EROFS/)])
    }
  })
})
