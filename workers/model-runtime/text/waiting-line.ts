export interface InLine {
  readonly lane: string;
}

/**
 * Who gets a sequence that is free: of the lanes that wait, the one that has fewest; among those, who has waited
 * longest. A lane that has `laneMax` gets no more, so that another one's request finds a sequence at once.
 */
export function nextInLine<W extends InLine>(
  waiting: readonly W[],
  has: (lane: string) => number,
  laneMax: number,
): W | undefined {
  let next: W | undefined;
  for (const one of waiting) {
    if (has(one.lane) >= laneMax) continue;
    if (!next || has(one.lane) < has(next.lane)) next = one;
  }
  return next;
}
