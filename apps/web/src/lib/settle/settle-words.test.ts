import { expect, test } from 'vitest'
import { languages, useLanguage } from '#lib/i18n/locale.ts'
import { m } from '#lib/paraglide/messages.js'

test.each(languages)(
  'the name of a choice begins with the words that are seen, for who speaks to the page: %s',
  async (language) => {
    await useLanguage(language)
    expect(m.settle_keep_label({ client: 'Acme', side: 'Starter' })).toContain(m.settle_keep())
  },
)
