/** Power over which the second grade of an application holds [kW]. */
export const LARGE_PUMP_KW = 100

/** Grades of pumps of 10 to 100 kW and of larger ones. */
export interface ApplicationGrades {
  readonly upTo100Kw: string
  readonly over100Kw: string
}

/**
 * The grade that is usual for an application, the first line whose words are in its name.
 *
 * Source: ANSI/HI 14.6, table of acceptance grades by application; the words are ours.
 */
const GRADES_BY_APPLICATION: readonly (ApplicationGrades & { readonly words: readonly string[] })[] = [
  { words: ['slurry'], upTo100Kw: '3B', over100Kw: '3B' },
  {
    words: ['electric power', 'power plant', 'power station', 'api', 'oil', 'gas', 'pipeline'],
    upTo100Kw: '1B',
    over100Kw: '1B',
  },
  { words: ['chemical', 'cooling tower', 'pulp', 'paper'], upTo100Kw: '2B', over100Kw: '2B' },
  {
    words: ['municipal', 'water and wastewater', 'wastewater', 'water supply', 'building', 'hvac'],
    upTo100Kw: '2B',
    over100Kw: '1B',
  },
  { words: ['industry', 'industrial', 'dewatering', 'drainage', 'irrigation'], upTo100Kw: '3B', over100Kw: '2B' },
]

/** Grades of an application that is not listed. */
const UNLISTED: ApplicationGrades = { upTo100Kw: '3B', over100Kw: '2B' }

/** Grades by the words of an application's name, in any case; those of general industry when none is known. */
export function gradesByApplication(application: string): ApplicationGrades {
  const name = ` ${application.toLowerCase().replaceAll(/[^a-z0-9]+/g, ' ')} `
  return GRADES_BY_APPLICATION.find(({ words }) => words.some((word) => name.includes(` ${word} `))) ?? UNLISTED
}
