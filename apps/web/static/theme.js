// Applies what was chosen before the first paint; a file of its own because the content security policy allows no inline script.
try {
  var theme = localStorage.getItem('tierbook.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch (problem) {
  // Storage is blocked: the system's theme applies.
}
