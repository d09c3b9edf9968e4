/** The warnings of a job with those of a plan: each is told once, however often the rest is planned anew. */
export function withPlanWarnings(told: readonly string[], planned: readonly string[] = []): readonly string[] {
  return [...new Set([...told, ...planned])];
}
