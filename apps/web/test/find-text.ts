// Finds text for people that stands in the code instead of in the message catalogue.
import { parse } from 'svelte/compiler'
import ts from 'typescript'

// Attributes that a person reads or hears; everything else in markup is for the machine.
const spoken =
  /^(title|label|placeholder|alt|hint|text|subtitle|description|aria-(label|description|roledescription|valuetext))$/
// Words as people write them: a capital and more, or several words.
const looksLikeText = /^[^a-z]*[A-Z][a-z]+([ ,.:…?!’]|$)|[a-z]{2,},? [a-z]{2,}/

interface Node {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}

/** Texts in the markup of a component, each with its line. */
export function textInMarkup(source: string): string[] {
  const { fragment } = parse(source, { modern: true })
  const found: { at: number; text: string }[] = []
  visit(fragment as unknown as Node, (node) => {
    if (node.type === 'Text' && /\p{L}{2}/u.test(String(node['data'])))
      found.push({ at: node.start, text: String(node['data']) })
    if (node.type === 'Literal' && typeof node['value'] === 'string' && looksLikeText.test(node['value']))
      found.push({ at: node.start, text: node['value'] })
    if (node.type === 'TemplateElement') {
      const text = (node['value'] as { cooked: string }).cooked
      if (looksLikeText.test(text)) found.push({ at: node.start, text })
    }
  })
  return found.map(({ at, text }) => describe(source, at, text))
}

/** Texts in a script; what is thrown is for developers and may be English. */
export function textInScript(source: string): string[] {
  const file = ts.createSourceFile('script.ts', source, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const walk = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isThrowStatement(node) || isForDevelopers(node)) return
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || isTemplatePart(node)) {
      if (looksLikeText.test(node.text) && !ts.isLiteralTypeNode(node.parent) && !isClasses(node.text))
        found.push(describe(source, node.getStart(), node.text))
    }
    ts.forEachChild(node, walk)
  }
  walk(file)
  return found
}

function isTemplatePart(node: ts.Node): node is ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail {
  return ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)
}

function isForDevelopers(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) &&
    /^import$|^console\.|[qQ]uerySelector(All)?(<|$)|\.closest$/.test(node.expression.getText())
  )
}

/** Lists of style classes have hyphens, brackets and colons where sentences have spaces and letters only. */
function isClasses(text: string): boolean {
  return /(^|\s)[!a-z][a-z-]*[-:[][\w-]/.test(text) && !/[.,’…?!]( |$)/.test(text)
}

function visit(node: Node, look: (node: Node) => void): void {
  if (node.type === 'Attribute' && !spoken.test(String(node['name']))) {
    // A snippet or a component inside an attribute does not exist; expressions of unspoken attributes are classes and handlers.
    return
  }
  if (
    /^(StyleDirective|OnDirective|ClassDirective|BindDirective|AttachTag|SpreadAttribute|ImportExpression|Comment)$/.test(
      node.type,
    )
  )
    return
  look(node)
  for (const [key, value] of Object.entries(node)) {
    if (key === 'parent' || key === 'metadata') continue
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child !== null && typeof child === 'object' && typeof (child as Node).type === 'string')
        visit(child as Node, look)
    }
  }
}

function describe(source: string, at: number, text: string): string {
  return `line ${source.slice(0, at).split('\n').length}: ${text.trim().slice(0, 60)}`
}
