// Makes icons plain markup: Lucide's own component works out every attribute of every instance and follows them all, which was nearly half of the
// time that the rows of a table take to be made. Here an icon takes a class and, where it stands alone, a label.
import type { Plugin } from 'vite'

const drawing = /const iconData = (\{.*\});$/m

interface Icon {
  readonly node: readonly (readonly [tag: string, attributes: Readonly<Record<string, string>>])[]
}

/** The plugin for `vite.config.ts`. An icon that is not drawn as expected stops the build. */
export function plainIcons(): Plugin {
  return {
    name: 'tierbook:plain-icons',
    enforce: 'pre',
    transform: {
      filter: { id: /\/@lucide\/svelte\/dist\/icons\/[\w-]+\.svelte$/ },
      handler: (code, id) => {
        const found = drawing.exec(code)?.[1]
        if (found === undefined) throw new Error(`${id}: expected one icon as data, see plain-icons-plugin.ts`)
        return { code: toComponent(JSON.parse(found) as Icon), map: null }
      },
    },
  }
}

function toComponent({ node }: Icon): string {
  const shapes = node.map(([tag, attributes]) => `<${tag}${toMarkup(attributes)} />`).join('')
  return `<script>
  let { class: classes, 'aria-label': label } = $props()
</script>

<svg${toMarkup(sheet)} class={classes} aria-label={label} aria-hidden={label ? undefined : 'true'}>${shapes}</svg>`
}

/** What all icons of the set share. */
const sheet = {
  xmlns: 'http://www.w3.org/2000/svg',
  width: '24',
  height: '24',
  viewBox: '0 0 24 24',
  fill: 'none',
  stroke: 'currentColor',
  'stroke-width': '2',
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
}

function toMarkup(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('')
}
