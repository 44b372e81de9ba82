// One submit of a form: runs a command, and puts what it says is wrong at the field it names.
import type { CommandError, Result } from '@tierbook/core'
import { errorWords } from '#lib/i18n/error-words.ts'

export class CommandForm {
  busy = $state(false)
  error = $state.raw<CommandError | null>(null)

  /** What is wrong with a field. */
  errorFor(field: string): string | null {
    return this.error?.field === field ? besideField(errorWords(this.error), field) : null
  }

  /** What is wrong where no field of `shown` is at fault. */
  otherError(shown: readonly string[]): string | null {
    if (!this.error) return null
    return this.error.field !== undefined && shown.includes(this.error.field) ? null : errorWords(this.error)
  }

  /** Runs the command; gives its value, or null when it did nothing. */
  async run<T>(command: () => Promise<Result<T>>): Promise<T | null> {
    if (this.busy) return null
    this.busy = true
    this.error = null
    try {
      const result = await command()
      if (result.ok) return result.value
      this.error = result.error
      return null
    } finally {
      this.busy = false
    }
  }
}

/** Beside the field itself, its name in front of the message is noise. */
function besideField(message: string, field: string): string {
  const text = message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message
  return text.charAt(0).toUpperCase() + text.slice(1)
}
