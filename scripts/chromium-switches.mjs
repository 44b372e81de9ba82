// What the Chromium of tests, pictures and benchmarks is started with: it asks no network for anything, and leaves out pages of its own.

/** Playwright 1.65 turns these off; of two `--disable-features` Chromium takes the last one, so what is named here must name them again. */
const offByPlaywright = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
]

/** For each profile and private window Chromium loads pages of its toolbar ahead: a second of processor each, beside what is tested. */
const toolbarPages = 'PreloadTopChromeWebUI'

export const chromiumSwitches = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${[...offByPlaywright, toolbarPages].join(',')}`,
]
