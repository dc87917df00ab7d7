/** What some answers that were written at once took. */
export interface Written {
  /** Of all together, prompts included. */
  readonly tokensPerS: number;
  /** From the request to the first token, of each. */
  readonly firstMs: readonly number[];
  /** From a token to the next one, of all. */
  readonly gapsMs: readonly number[];
}

/** `writtenAt`: for each answer, when its text grew; one of `tokens` may end no letter and be seen with the next. */
export function writtenOf(
  startedAt: number,
  tokensEach: number,
  writtenAt: readonly (readonly number[])[],
): Written {
  const endedAt = Math.max(...writtenAt.map((times) => times.at(-1) ?? startedAt));
  const tokens = writtenAt.length * tokensEach;
  return {
    tokensPerS: (tokens * 1_000) / (endedAt - startedAt),
    firstMs: writtenAt.map((times) => (times[0] ?? endedAt) - startedAt),
    gapsMs: writtenAt.flatMap((times) => times.slice(1).map((at, index) => at - (times[index] ?? at))),
  };
}
