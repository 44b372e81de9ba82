// What `messages-plugin.ts` makes.
declare module 'virtual:messages/*' {
  export const texts: readonly ((inputs: Record<string, unknown>) => string)[]
}
