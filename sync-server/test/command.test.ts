import { createId } from '@tierbook/core'
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { dirname, join as joinPath } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { join, runCommand, runUnprivileged, startSampleProcess } from './sample-process.ts'
import { sampleFolder } from './sample-server.ts'

describe('tierbook start', () => {
  test('prints one block for people, logs JSON beside it, and SIGTERM ends it with 0', async () => {
    const folder = sampleFolder()
    const server = await startSampleProcess({ folder })
    expect(server.stdout().match(/is running/g)).toHaveLength(1)
    expect((await fetch(`http://127.0.0.1:${server.port}/readyz`)).status).toBe(200)
    const { body } = await join(server.port, { invite: server.invite, actor: createId(), book: createId() })
    const url = `ws://127.0.0.1:${server.port}/sync/${body.book}?token=${body.token}`
    const socket = new WebSocket(url)
    const closed = once(socket as unknown as NodeJS.EventEmitter, 'close') as Promise<[CloseEvent]>
    await once(socket as unknown as NodeJS.EventEmitter, 'open')
    server.child.kill('SIGTERM')
    expect((await closed)[0].code).toBe(1012)
    expect(await server.ended).toBe(0)
    const lines = server
      .stderr()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string })
    expect(lines.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['listening', 'a device joined', 'stopping', 'stopped']),
    )
    // The block on standard output is the only place where a secret may stand.
    expect(server.stderr()).not.toMatch(/eyJ/)
    expect(existsSync(joinPath(folder, 'running.json'))).toBe(false)
  })

  test('twice on one folder and port says where it runs and exits with 0', async () => {
    const folder = sampleFolder()
    const server = await startSampleProcess({ folder })
    const second = runCommand({ args: [], environment: { TIERBOOK_DATA: folder, PORT: server.port } })
    expect(await second.ended).toBe(0)
    expect(second.stdout()).toBe(`Tierbook is already running at http://localhost:${server.port}\n`)
  })

  test('on the folder of another server it names the folder and that server, and exits with 1', async () => {
    const folder = sampleFolder()
    const server = await startSampleProcess({ folder })
    const second = runCommand({ args: ['start'], environment: { TIERBOOK_DATA: folder, PORT: '1' } })
    expect(await second.ended).toBe(1)
    expect(second.stderr()).toContain(`the data folder ${folder} is in use`)
    expect(second.stderr()).toContain(server.port)
  })

  test('on a taken port it names the port and PORT, and exits with 1', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void blocker.close())
    await once(blocker, 'listening')
    const port = String((blocker.address() as AddressInfo).port)
    const command = runCommand({ args: ['start'], environment: { TIERBOOK_DATA: sampleFolder(), PORT: port } })
    expect(await command.ended).toBe(1)
    expect(command.stderr()).toContain(`port ${port} is taken by another program; set PORT`)
  })

  test('on a data folder that is a file it names the folder and TIERBOOK_DATA, and exits with 1', async () => {
    const file = joinPath(sampleFolder(), 'file')
    writeFileSync(file, 'x')
    const command = runCommand({ args: ['start'], environment: { TIERBOOK_DATA: file, PORT: '0' } })
    expect(await command.ended).toBe(1)
    expect(command.stderr()).toContain(file)
    expect(command.stderr()).toContain('TIERBOOK_DATA')
  })

  test('on a data folder without write permission it says so', async () => {
    const readOnly = joinPath(sampleFolder(), 'data')
    mkdirSync(readOnly, { mode: 0o555 })
    chmodSync(dirname(readOnly), 0o755)
    const command = runUnprivileged({ args: ['start'], environment: { TIERBOOK_DATA: readOnly, PORT: '0' } })
    expect(await command.ended).toBe(1)
    expect(command.stderr()).toContain(`the data folder ${readOnly} cannot be written to`)
    expect(command.stderr()).toContain('set TIERBOOK_DATA')
  })

  test.skipIf(process.platform !== 'linux')('on a data folder that the system will not make it says so', async () => {
    const command = runCommand({ args: ['start'], environment: { TIERBOOK_DATA: '/proc/nope/data', PORT: '0' } })
    expect(await command.ended).toBe(1)
    expect(command.stderr()).toContain('the data folder /proc/nope/data cannot be written to')
  })

  test('makes a data folder whose parents are missing, for its owner only', async () => {
    const folder = joinPath(sampleFolder(), 'a', 'b')
    const server = await startSampleProcess({ folder })
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
  })

  test('Ctrl-C that arrives twice, as under npm, still stops cleanly', async () => {
    const folder = sampleFolder()
    const server = await startSampleProcess({ folder })
    const { body } = await join(server.port, { invite: server.invite, actor: createId(), book: createId() })
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/sync/${body.book}?token=${body.token}`)
    await once(socket as unknown as NodeJS.EventEmitter, 'open')
    server.child.kill('SIGINT')
    await server.logged('stopping')
    server.child.kill('SIGINT')
    expect(await server.ended).toBe(0)
    expect(server.stderr()).toContain('"stopped"')
  })

  test('[F24] every wrong setting is named before anything is touched', async () => {
    const command = runCommand({
      args: ['start'],
      environment: { PORT: 'x', TIERBOOK_LOG_LEVEL: 'loud', TIERBOOK_FOO: '1' },
    })
    expect(await command.ended).toBe(1)
    for (const name of ['PORT', 'TIERBOOK_LOG_LEVEL', 'TIERBOOK_FOO']) expect(command.stderr()).toContain(`${name}:`)
  })
})

describe('tierbook token', () => {
  test('makes invites that a running server honours', async () => {
    const folder = sampleFolder()
    const server = await startSampleProcess({ folder })
    const book = createId()
    const environment = { TIERBOOK_DATA: folder, PORT: server.port }
    await join(server.port, { invite: server.invite, actor: createId(), book })
    const token = runCommand({ args: ['token', '--book', book, '--role', 'viewer', '--hours', '2'], environment })
    expect(await token.ended).toBe(0)
    expect(token.stderr()).not.toContain('no server has run')
    const invite = /^http:\/\/localhost:\d+\/join#(\S+)\n$/.exec(token.stdout())?.[1] ?? ''
    expect((await join(server.port, { invite, actor: createId() })).body).toMatchObject({ book, role: 'viewer' })
    const access = runCommand({
      args: ['token', '--access', '--book', book, '--actor', createId(), '--role', 'editor'],
      environment,
    })
    expect(await access.ended).toBe(0)
    const renewed = await fetch(`http://127.0.0.1:${server.port}/api/token`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access.stdout().trim()}` },
    })
    expect(renewed.status).toBe(200)
  })

  test('on a folder that no server has used it names the folder', async () => {
    const folder = sampleFolder()
    const token = runCommand({ args: ['token'], environment: { TIERBOOK_DATA: folder } })
    expect(await token.ended).toBe(0)
    expect(token.stdout()).toMatch(/join#/)
    expect(token.stderr()).toContain(`no server has run on the data folder ${folder} yet`)
  })

  test('refuses what it cannot make with words and a code', async () => {
    const environment = { TIERBOOK_DATA: sampleFolder() }
    for (const args of [
      ['token', '--role', 'king'],
      ['token', '--book', 'x'],
      ['token', '--hours', '0'],
      ['token', '--access'],
    ]) {
      const command = runCommand({ args, environment })
      expect(await command.ended, args.join(' ')).toBe(1)
      expect(command.stderr()).toContain('error:')
    }
  })
})
