// What a token's bearer may do with a book.

/** Roles a token can carry. */
export const roles = ['owner', 'editor', 'viewer'] as const
/** What a token's bearer may do: owners and editors write, owners also invite; viewers read. */
export type Role = (typeof roles)[number]
