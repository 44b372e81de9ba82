// Which columns give way where a record stands beside the table: the order in which somebody put them says what matters to them.
import type { ClientSortKey } from '@tierbook/core'
import type { Column } from './columns.ts'

/**
 * The columns of `layout` that `room` px hold: the last ones give way, but never the name, the plan and what the rows are sorted by. Where a
 * wide one has no room, a narrower one behind it may have.
 */
export function columnsThatFit(
  layout: { columns: readonly Column[]; width: (column: Column) => number },
  room: number,
  sortedBy: ClientSortKey,
): readonly Column[] {
  let left = room
  const stays = ({ key, sort }: Column) => key === 'name' || key === 'tier' || sort === sortedBy
  for (const column of layout.columns) if (stays(column)) left -= layout.width(column)
  return layout.columns.filter((column) => {
    if (stays(column)) return true
    const width = layout.width(column)
    if (width > left) return false
    left -= width
    return true
  })
}
