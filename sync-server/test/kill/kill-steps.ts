// Where a server may be killed: every step that an edit takes, and every step of what keeps the store small.

/**
 * In the order in which an edit passes them. `decode` is a text within an update, `commit` and `compact` are moments within the database's own work
 * on an edit and on a snapshot.
 */
export const killSteps = [
  'receive',
  'decode',
  'admission',
  'append',
  'commit',
  'committed',
  'before-ack',
  'after-ack',
  'before-broadcast',
  'after-broadcast',
  'before-snapshot',
  'compact',
  'after-snapshot',
  'backup',
] as const
export type KillStep = (typeof killSteps)[number]
