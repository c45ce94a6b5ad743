/** The subjects by the names under which the figures are told. */
export const OURS = 'executable, forest'
export const OURS_PLAIN = 'executable, no model'
export const PYTHON_FOREST = 'Python, forest'
export const PYTHON_PLAIN = 'Python, no model'
export const BEFORE = 'before, forest'
export const BEFORE_PLAIN = 'before, no model'
export const NODE = 'node -e 0'
