import { ConfigurationFailure } from '../failure.ts'

type Style = 'skip' | 'page'

interface Found {
  readonly items: readonly unknown[]
  readonly total: number | null
}

/** How this API wants to be asked for a later page; learnt on the way. */
export interface Paging {
  readonly parametersOf: (skip: number) => Readonly<Record<string, string>>
  /** Takes a page in; false when it shows that the other style must be tried. `filters` tells one list from another. */
  readonly accepts: (filters: string, skip: number, page: Found) => boolean
  /** The query was refused: whether there is another style to try. */
  readonly refused: () => boolean
}

/** The most that DESIGN's API gives at once. */
const SIZE = 100

/**
 * `skip` and `take` until the API refuses them or gives the first page again, then `page` and `pageSize`. Throws
 * ConfigurationFailure when neither leads to a second page.
 */
export function createPaging(wanted: 'auto' | Style): Paging {
  let style: Style = wanted === 'auto' ? 'skip' : wanted
  let untried = wanted === 'auto'
  let size = SIZE
  let first = { filters: '', item: '' }
  const other = (): boolean => {
    if (!untried) return false
    style = 'page'
    untried = false
    return true
  }
  return {
    parametersOf: (skip) =>
      style === 'skip'
        ? { skip: String(skip), take: String(SIZE) }
        : { page: String(Math.floor(skip / size) + 1), pageSize: String(size) },
    accepts: (filters, skip, { items, total }) => {
      const item = JSON.stringify(items[0] ?? null)
      if (skip === 0) {
        first = { filters, item }
        // An API with a lower limit of its own counts pages by that.
        if (items.length > 0 && items.length < size && total !== null && total > items.length) size = items.length
        return true
      }
      if (filters !== first.filters || item !== first.item || items.length === 0) return true
      if (other()) return false
      throw new ConfigurationFailure({
        where: 'the API',
        what: 'gives its first page again when asked for the second, by skip and by page',
        mend: 'ask for a shorter time or for one pump',
      })
    },
    refused: other,
  }
}
