// Where a server may be killed: every step that an edit takes, and every step of what keeps the store small.

/** In the order in which an edit passes them. `commit` is a moment within the database's own commit. */
export const killSteps = [
  'receive',
  'admission',
  'append',
  'commit',
  'committed',
  'before-ack',
  'after-ack',
  'before-broadcast',
  'after-broadcast',
  'before-snapshot',
  'after-snapshot',
  'backup',
] as const
export type KillStep = (typeof killSteps)[number]
