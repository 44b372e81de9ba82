// Currencies of ISO 4217 and how many decimals their amounts have; a table, because runtimes disagree and an invoice may not.

/** Every currency code in use, by its number of decimals. */
const codesByDigits = new Map<number, string>([
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
  [
    2,
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC ' +
      'CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD ' +
      'KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN ' +
      'QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED ' +
      'VES WST XCD XCG YER ZAR ZMW ZWG',
  ],
])

const digitsByCode = new Map(
  [...codesByDigits].flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, digits] as const)),
)

/** How many decimals amounts in `currency` have (EUR 2, JPY 0, KWD 3); null for a code that ISO 4217 does not list. */
export function currencyDigits(currency: string): number | null {
  return digitsByCode.get(currency) ?? null
}

/** Every currency code that can be billed, sorted. */
export function currencyCodes(): readonly string[] {
  return [...digitsByCode.keys()].sort()
}

/** An amount in minor units as a plain decimal, alike everywhere: `12345` EUR is `123.45`, `-5` KWD is `-0.005`. */
export function minorToDecimal(amount: number, currency: string): string {
  const digits = currencyDigits(currency) ?? 2
  const text = String(Math.abs(amount)).padStart(digits + 1, '0')
  const sign = amount < 0 ? '-' : ''
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** A decimal text as minor units: `"123.45"` EUR is `12345`; null where it is none or has more decimals than the currency. */
export function decimalToMinor(text: string, currency: string): number | null {
  const digits = currencyDigits(currency)
  const match = /^(-?)(\d{1,12})(?:\.(\d+))?$/.exec(text.trim())
  if (digits === null || !match) return null
  const [, sign = '', whole = '', part = ''] = match
  if (part.length > digits) return null
  const amount = Number(whole + part.padEnd(digits, '0'))
  if (!Number.isSafeInteger(amount)) return null
  return sign === '-' && amount !== 0 ? -amount : amount
}

/**
 * An amount as people of a locale write it. For reading only: what is hashed, exported or compared uses {@link minorToDecimal}.
 *
 * @example formatMoney(12345, 'EUR', 'de-DE') // '123,45 €'
 */
export function formatMoney(amount: number, currency: string, locale: string): string {
  return formatOf(currency, locale).format(minorToDecimal(amount, currency) as Intl.StringNumericLiteral)
}

const formats = new Map<string, Intl.NumberFormat>()

/** Making a format takes longer than formatting a page of amounts. */
function formatOf(currency: string, locale: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`
  const known = formats.get(key)
  if (known) return known
  const digits = currencyDigits(currency) ?? 2
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  formats.set(key, format)
  return format
}
