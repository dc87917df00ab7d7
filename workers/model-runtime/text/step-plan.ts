export interface Going {
  readonly lane: string;
  /** Tokens that are not read yet: more than one is a prompt. */
  readonly unread: number;
  /** The step in which it last went on; 0 before its first. */
  readonly lastStep: number;
}

export interface Planned<G extends Going> {
  readonly going: G;
  /** How many of its unread tokens are read in this step. */
  readonly tokens: number;
}

export interface StepBounds {
  /** Of one step, over all. */
  readonly tokensMax: number;
  /** Of one step, of prompts, while answers are being written: a long prompt must not make them stutter. */
  readonly promptTokensMax: number;
}

/**
 * Who goes on in a step. On a processor a step takes about as long as it has tokens, so lanes share it: each goes on with as many
 * as the lane that has fewest, those first that waited longest, and reads as much of its prompts. A lane alone takes all.
 */
export function planStep<G extends Going>(going: readonly G[], bounds: StepBounds): readonly Planned<G>[] {
  const lanes = byLane(going);
  const fewest = Math.min(...lanes.map((of) => of.length));
  const share = lanes.length > 1 ? fewest : going.length;
  const chosen = lanes.flatMap((of) => of.toSorted((a, b) => a.lastStep - b.lastStep).slice(0, share));
  const writing = chosen.filter(({ unread }) => unread === 1).slice(0, bounds.tokensMax);
  const room = bounds.tokensMax - writing.length;
  const promptTokens = writing.length > 0 ? Math.min(room, bounds.promptTokensMax) : room;
  const reading = shareOut(byLane(chosen.filter(({ unread }) => unread > 1)), promptTokens);
  return [...writing.map((one) => ({ going: one, tokens: 1 })), ...reading].filter(
    ({ tokens }) => tokens > 0,
  );
}

/**
 * To each lane as many tokens as to any other, as far as its prompts have them: a lane with long prompts must not keep another one's
 * from being read. Within a lane one prompt after the other.
 */
function shareOut<G extends Going>(lanes: readonly (readonly G[])[], tokens: number): readonly Planned<G>[] {
  let left = tokens;
  const unreadOf = (of: readonly G[]) => of.reduce((sum, { unread }) => sum + unread, 0);
  const waitsSince = (of: readonly G[]) => Math.min(...of.map(({ lastStep }) => lastStep));
  return lanes
    .toSorted((a, b) => waitsSince(a) - waitsSince(b))
    .slice(0, tokens)
    .toSorted((a, b) => unreadOf(a) - unreadOf(b))
    .flatMap((of, index, all) => {
      let share = Math.min(unreadOf(of), Math.ceil(left / (all.length - index)));
      left -= share;
      return of.map((one) => {
        const read = Math.min(one.unread, share);
        share -= read;
        return { going: one, tokens: read };
      });
    });
}

function byLane<G extends Going>(going: readonly G[]): readonly (readonly G[])[] {
  const lanes = new Map<string, G[]>();
  for (const one of going) {
    const of = lanes.get(one.lane);
    if (of) of.push(one);
    else lanes.set(one.lane, [one]);
  }
  return [...lanes.values()];
}
