/** Anomaly scores of the last readings, oldest first. */
export type RecentScores = readonly number[]

/** Readings whose median must lie over the threshold, so that one odd score is no alarm. */
const SCORES = 12

/** The scores after one more reading. */
export function rememberScore(recent: RecentScores, score: number): RecentScores {
  return [...recent, score].slice(-SCORES)
}

/** The median of the last 12 scores; null before there are 12. */
export function scoreLevel(recent: RecentScores): number | null {
  if (recent.length < SCORES) return null
  const sorted = [...recent].sort((a, b) => a - b)
  return ((sorted[SCORES / 2 - 1] ?? 0) + (sorted[SCORES / 2] ?? 0)) / 2
}

/** Whether the median of the last 12 scores lies over the model's threshold; never before there are 12. */
export function isScoreAlarm(recent: RecentScores, threshold: number): boolean {
  const level = scoreLevel(recent)
  return level !== null && level > threshold
}
