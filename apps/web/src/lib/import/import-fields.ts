// The fields of each kind of import, in the order shown, and what a file of that kind looks like.
import { m } from '#lib/paraglide/messages.js'
import type { ImportField } from './match-columns.ts'

/** What a file brings. */
export type ImportKind = 'clients' | 'prices' | 'usage' | 'history'

const clientNames = 'client clientname name organisation organization company customer account kunde kundenname firma'
const client = field('client', m.import_field_client, clientNames)
const external = field(
  'externalRef',
  m.import_field_external,
  'externalid externalref externalreference reference ref id clientid accountid externekennung externeid kundennummer kundennr kundenid',
)
const tierNames = 'tier servicetier plan serviceplan level stufe servicestufe tarif'
const effective = 'effectiveon effective effectivedate tiereffective tiersince wirksamab stufewirksamab'

/** Fields by kind. */
export const importFields: Readonly<Record<ImportKind, readonly ImportField[]>> = {
  clients: [
    { ...client, required: true },
    field('tier', m.import_field_tier, tierNames),
    field(
      'created',
      m.import_field_created,
      'created createdon createdat onboarded onboardedon since start startdate angelegt angelegtam erstellt erstelltam erstelldatum seit kundeseit beginn',
    ),
    field('lastActivity', m.import_field_activity, 'lastactivity lastactive lastseen activity letzteaktivität'),
    external,
    field('effectiveOn', m.import_field_effective, effective),
  ],
  prices: [
    {
      ...field('for', m.prices_for, `pricefor for item product ${tierNames} unit preisfür artikel einheit`),
      required: true,
    },
    field('kind', m.import_field_kind, 'kind type art typ'),
    field('amount', m.prices_amount, 'amount price rate unitprice betrag preis einzelpreis satz'),
    field('effectiveOn', m.prices_from, `from validfrom ${effective} ab gültigab`),
    field('interval', m.prices_interval, 'interval every per billing alle zeitraum abrechnung'),
    field('currency', m.prices_currency, 'currency währung'),
    field('client', m.prices_client, clientNames),
    field('existingFrom', m.prices_existing, 'existingfrom existing existingclients bestehende bestandskunden'),
    field('members', m.prices_bundle_members, 'members clientsinit mitglieder kundendarin'),
    field(
      'includes',
      m.prices_bundle_includes,
      'includes membersdonotpaybythemselves umfasst mitgliederzahlennichtselbst',
    ),
    field('timing', m.prices_due, 'due timing fällig'),
    field('cycle', m.prices_begins, 'cycle cyclesbegin cycles zeiträumebeginnen'),
    field('model', m.prices_model, 'model pricing modell preismodell'),
    field('steps', m.prices_steps, 'steps tiers staffel staffeln'),
    field('size', m.prices_package_size, 'packagesize size unitsinapackage paketgröße'),
    field('included', m.prices_included, 'included includedunits enthalten enthalteneeinheiten'),
    field('minimum', m.prices_minimum, 'minimum atleast mindestens'),
    field('setupFee', m.prices_setup_fee, 'setupfee setup setupfeeonce einrichtung'),
    field('discount', m.prices_discount, 'discount discountinpercent rabatt'),
    field('discountUntil', m.prices_discount_until, 'discountuntil rabattbis fullpriceagainfrom wiedervollerpreisab'),
    field('cost', m.prices_cost, 'cost costtoyou kosten ihrekosten'),
    field('taxCode', m.prices_tax_code, 'taxcode tax steuerschlüssel'),
  ],
  usage: [
    { ...client, required: 'externalRef' },
    external,
    { ...field('unit', m.prices_unit, 'unit item product sku meter einheit artikel'), required: true },
    {
      ...field('quantity', m.import_field_quantity, 'quantity qty count units seats licences licenses menge anzahl'),
      required: true,
    },
    field('period', m.import_field_period, 'period month monat zeitraum abrechnungsmonat'),
    field('from', m.import_field_from, 'from start startdate von beginn'),
    field('to', m.import_field_until, 'until to end enddate bis ende'),
  ],
  history: [
    { ...client, required: 'externalRef' },
    external,
    { ...field('tier', m.import_field_tier, tierNames), required: true },
    { ...field('effectiveOn', m.import_field_effective, `${effective} from since date ab seit datum`), required: true },
    field('reason', m.import_field_reason, 'reason note comment grund bemerkung'),
  ],
}

/** What an export of the overview as of another day says of which one: it is not imported, but said. */
export const asOfField = field('asOf', m.time_as_of, 'asof')

/** Fields that an example shows. */
export const exampleFields: Readonly<Record<ImportKind, readonly string[]>> = {
  clients: ['client', 'tier', 'created', 'lastActivity', 'externalRef'],
  prices: ['for', 'kind', 'amount', 'effectiveOn', 'interval', 'currency', 'client', 'members'],
  usage: ['client', 'externalRef', 'unit', 'quantity', 'period'],
  history: ['client', 'externalRef', 'tier', 'effectiveOn', 'reason'],
}

/** Rows of an example, a cell for each of its fields. */
export const exampleRows: Readonly<Record<ImportKind, readonly (readonly (string | (() => string))[])[]>> = {
  clients: [
    ['Acme Dental', 'Starter', '2024-03-01', '2026-11-20', 'A-1001'],
    ['Harbour Logistics', 'Enterprise', '2022-09-15', '2026-11-21T16:20:00Z', 'A-1002'],
  ],
  prices: [
    ['Starter', m.import_word_tier, '310', '2026-01-01', m.import_word_month, 'EUR', '', ''],
    ['Enterprise', m.import_word_tier, '540', '2026-01-01', m.import_word_month, 'EUR', 'Harbour Logistics', ''],
    ['Backup GB', m.import_word_unit, '0.05', '2026-01-01', m.import_word_month, 'EUR', '', ''],
    [
      'Harbour group',
      m.import_word_bundle,
      '900',
      '2026-01-01',
      m.import_word_month,
      'EUR',
      'Harbour Logistics',
      'Harbour Logistics; Acme Dental',
    ],
  ],
  usage: [
    ['Acme Dental', 'A-1001', 'Backup GB', '812.5', '2026-10'],
    ['Harbour Logistics', 'A-1002', 'Backup GB', '4100', '2026-10'],
  ],
  history: [
    ['Acme Dental', 'A-1001', 'Starter', '2024-03-01', ''],
    ['Acme Dental', 'A-1001', 'Professional', '2025-07-01', m.import_example_reason],
    ['Acme Dental', 'A-1001', m.import_ends_word, '2026-08-01', ''],
  ],
}

function field(name: string, label: () => string, names: string): ImportField {
  return { field: name, label, names: names.split(' ') }
}
