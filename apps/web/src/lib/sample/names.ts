// Names of invented client organisations.
import type { Chance } from './random.ts'

const places =
  'Alder,Ashgrove,Bramley,Brightwater,Calloway,Cedar Hill,Copperfield,Danforth,Eastgate,Elmstone,Fairfax,Foxglove,Greystone,Harbour,Hawthorn,Ironbridge,Juniper,Kestrel,Kingsley,Lakeview,Larkspur,Linden,Maplewood,Marlow,Meridian,Millbrook,Northfield,Oakhurst,Old Mill,Orchard,Pemberton,Pinecrest,Quayside,Ravenwood,Redwood,Ridgeway,Riverside,Rosewood,Saltmarsh,Silverdale,Southgate,Stonebridge,Summit,Thornbury,Tidewater,Underhill,Vantage,Wakefield,Westbrook,Whitfield,Willowbrook,Windmill,Woodland,Yarrow,Zenith'.split(
    ',',
  )
const families =
  'Abbott,Adeyemi,Bianchi,Bogaert,Chowdhury,Delacroix,Eriksen,Fontaine,Grünwald,Hartmann,Iyer,Jankowski,Kowalczyk,Lindqvist,Moreau,Nakamura,Okafor,Papadakis,Quinn,Rossi,Søndergaard,Tanaka,Ullman,Vermeer,Whitaker,Yilmaz'.split(
    ',',
  )
const trades =
  'Dental,Veterinary Clinic,Accountants,Architects,Logistics,Bakery,Engineering,Property,Primary School,Physiotherapy,Opticians,Insurance,Printworks,Brewery,Hotels,Recruitment,Interiors,Pharmacy,Solicitors,Construction,Motors,Care Homes,Media,Foods,Travel,Surveyors,Robotics,Timber,Textiles,Marine'.split(
    ',',
  )
const endings = ['& Sons', '& Partners', '& Daughters', 'Group', 'GmbH', 'Ltd', 'Brothers', 'Associates']

/** `count` names, each different from the others. */
export function inventNames(chance: Chance, count: number): string[] {
  const names = new Set<string>()
  while (names.size < count) {
    names.add(
      chance.next() < 0.72
        ? `${chance.pick(places)} ${chance.pick(trades)}`
        : `${chance.pick(families)} ${chance.pick(endings)}`,
    )
  }
  return [...names]
}
