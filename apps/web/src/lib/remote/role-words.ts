// What the roles are called.
import { m } from '#lib/paraglide/messages.js'

export type Role = 'owner' | 'editor' | 'viewer'

const words = { owner: m.app_role_owner, editor: m.app_role_editor, viewer: m.app_role_viewer }

export function roleWords(role: Role): string {
  return words[role]()
}
