// Light, dark or as the system says; `static/theme.js` applies the stored choice before the first paint.
export type Theme = 'system' | 'light' | 'dark'

const key = 'tierbook.theme'

/** The chosen theme of this device. */
export class ThemeChoice {
  #theme = $state<Theme>('system')

  constructor() {
    const stored = readTheme()
    this.#theme = stored === 'light' || stored === 'dark' ? stored : 'system'
  }

  get current(): Theme {
    return this.#theme
  }

  choose(theme: Theme): void {
    this.#theme = theme
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
    try {
      if (theme === 'system') localStorage.removeItem(key)
      else localStorage.setItem(key, theme)
    } catch {
      // Storage is blocked: the choice holds for this page.
    }
  }
}

function readTheme(): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}
