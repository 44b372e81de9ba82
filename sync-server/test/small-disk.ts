// Test support: a disk of a few kilobytes, to be really full; only root can make one.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'

export interface SmallDisk {
  readonly folder: string
  grow(toKilobytes: number): void
  /** Nothing can be written any more. */
  seal(): void
  readonly close: () => void
}

/** Null where this process may not mount. */
export function mountSmallDisk(kilobytes: number): SmallDisk | null {
  const folder = mkdtempSync('/tmp/tierbook-small-disk-')
  const mount = (options: string) =>
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tierbook', folder], { stdio: 'pipe' })
  try {
    mount(`size=${kilobytes}k`)
  } catch {
    rmdirSync(folder)
    console.warn('This process may not mount a file system: the test of a disk that is really full is left out.')
    return null
  }
  return {
    folder,
    grow: (to) => void mount(`remount,size=${to}k`),
    seal: () => void mount('remount,ro'),
    close() {
      execFileSync('umount', [folder])
      rmdirSync(folder)
    },
  }
}
