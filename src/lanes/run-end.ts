/**
 * What a run of one job means for its turn: go on with the next; leave the lane, which wants its next turn at `dueAt`
 * (ms since 1970); or keep the lane closed until then, because a command may still be at work.
 */
export type RunEnd =
  | { readonly kind: 'over' }
  | { readonly kind: 'put-back'; readonly dueAt: number }
  | { readonly kind: 'closed'; readonly dueAt: number };

export const OVER: RunEnd = { kind: 'over' };
