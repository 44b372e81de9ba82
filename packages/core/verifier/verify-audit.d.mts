/** Gives what is wrong with the bytes of an export, each with the line or action concerned. */
export function verifyAudit(bytes: Buffer): { readonly summary: string; readonly problems: readonly string[] }
