// Records of many clients, by client.

/** Groups `list` by client, in order. Lists of a book come client by client, mostly, which saves looking each one up. */
export function groupByClient<T extends { readonly client: string }>(list: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  let lastClient: string | null = null
  let group: T[] = []
  for (const one of list) {
    if (one.client !== lastClient) {
      lastClient = one.client
      group = groups.get(lastClient) ?? []
      if (group.length === 0) groups.set(lastClient, group)
    }
    group.push(one)
  }
  return groups
}
