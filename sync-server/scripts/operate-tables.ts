// The tables of docs/operate.md, from the code that they describe.
import type { Command } from 'commander'
import { createProgram } from '../src/cli/program.ts'
import { exitCodes } from '../src/cli/run.ts'
import { createMetrics } from '../src/metrics.ts'
import { describeSettings } from '../src/settings-table.ts'

/** The name in the document's markers → the table. */
export async function operateTables(): Promise<Record<string, string>> {
  const metrics = await createMetrics({ processMetrics: false }).registry.getMetricsAsJSON()
  return {
    settings: table(
      ['variable', 'default', 'meaning'],
      describeSettings().map((each) => [
        `\`${each.variable}\``,
        each.default ? `\`${each.default}\`` : '',
        each.meaning,
      ]),
    ),
    metrics: table(
      ['name', 'kind', 'meaning'],
      metrics.map(({ name, type, help }) => [`\`${name}\``, String(type), help]),
    ),
    commands: table(
      ['command', 'does'],
      createProgram().commands.map((command) => [
        `\`tierbook ${command.name()}${usageOf(command)}\``,
        command.description(),
      ]),
    ),
    'exit-codes': table(
      ['code', 'meaning'],
      Object.values(exitCodes).map(({ code, meaning }) => [String(code), meaning]),
    ),
  }
}

/** Text between `<!-- generated: name -->` and `<!-- /generated -->`, replaced by the table of that name. */
export function replaceTables(document: string, tables: Readonly<Record<string, string>>): string {
  return document.replaceAll(
    /(<!-- generated: ([\w-]+) -->\n)[\s\S]*?(<!-- \/generated -->)/g,
    (_all, start: string, name: string, end: string) => `${start}\n${tables[name] ?? 'no such table'}\n\n${end}`,
  )
}

function usageOf(command: Command): string {
  const given = command.registeredArguments.map((argument) => ` <${argument.name()}>`)
  const options = command.options.map(({ flags, mandatory }) => (mandatory ? ` ${flags}` : ` [${flags}]`))
  return [...given, ...options].join('')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
