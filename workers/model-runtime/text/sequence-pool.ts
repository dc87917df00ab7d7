/** What the caches of an engine's sequences hold, and who may go on from it. */
export interface SequencePool {
  /** Null: all are taken. `adapter`: with which the prompt is read; null: with none. */
  take(lane: string, adapter: string | null, prompt: readonly number[]): TakenSequence | null;
  /** It now holds these tokens, which its lane may go on from. */
  giveBack(sequence: number, tokens: readonly number[]): void;
  /** Says what a sequence that is taken has read so far. */
  note(sequence: number, tokens: readonly number[]): void;
  /** Sequences that nobody used for so long: they hold nothing any more. */
  expire(): readonly number[];
}

export interface TakenSequence {
  readonly sequence: number;
  /** So many of the prompt's tokens are in the cache, once it is a copy of `copyOf` (null: of itself). */
  readonly cached: number;
  readonly copyOf: number | null;
}

export interface SequencePoolOptions {
  readonly sequences: number;
  readonly preamble: readonly number[];
  readonly now: () => number;
  readonly keepMs: number;
}

interface Sequence {
  readonly id: number;
  lane: string | null;
  adapter: string | null;
  tokens: readonly number[];
  taken: boolean;
  usedAtMs: number;
}

/** Below this a copy of a cache costs more than it saves. */
const COPY_TOKENS_MIN = 16;

/**
 * A prompt goes on from the longest beginning that its own lane has read. From another lane's no more than the
 * template's own words: how much is cached is told to the caller, and must say nothing of what others sent. What was read with
 * another adapter is another cache.
 */
export function createSequencePool({ sequences, preamble, now, keepMs }: SequencePoolOptions): SequencePool {
  const all: Sequence[] = Array.from({ length: sequences }, (_, id) => {
    return { id, lane: null, adapter: null, tokens: [], taken: false, usedAtMs: 0 };
  });

  function sharedWith(
    sequence: Sequence,
    lane: string,
    adapter: string | null,
    prompt: readonly number[],
  ): number {
    if (sequence.adapter !== adapter) return 0;
    const length = commonLength(sequence.tokens, prompt);
    // One token is read in any case: the next one follows from it.
    return Math.min(
      sequence.lane === lane ? length : Math.min(length, commonLength(preamble, prompt)),
      prompt.length - 1,
    );
  }

  /**
   * How scattered the taken ones would be with this one: rows of consecutive ones, which an engine computes one after the other,
   * and among as many of them how far they reach, so that holes are filled.
   */
  function scatterWith({ id }: Sequence): number {
    const taken = all.filter((one) => one.taken || one.id === id).map((one) => one.id);
    const rows = taken.filter((at, index) => at !== (taken[index - 1] ?? -1) + 1 || index === 0).length;
    return rows * all.length + (taken.at(-1) ?? 0) - (taken[0] ?? 0);
  }

  return {
    take(lane, adapter, prompt) {
      const emptiest = all
        .filter(({ taken }) => !taken)
        .toSorted((a, b) => scatterWith(a) - scatterWith(b) || a.usedAtMs - b.usedAtMs)[0];
      if (!emptiest) return null;
      const longest = all
        .map((sequence) => ({ sequence, shared: sharedWith(sequence, lane, adapter, prompt) }))
        .toSorted((a, b) => b.shared - a.shared)[0] as { sequence: Sequence; shared: number };
      // A conversation that goes on stays where it is. What else it may be gone on from is kept, and copied.
      const { sequence, shared } = longest;
      const goesOn = !sequence.taken && sequence.lane === lane && shared * 2 >= sequence.tokens.length;
      const target = goesOn ? sequence : emptiest;
      const own = sharedWith(target, lane, adapter, prompt);
      const isCopied = shared - own >= COPY_TOKENS_MIN;
      const cached = isCopied ? shared : own;
      Object.assign(target, { taken: true, lane, adapter, tokens: prompt.slice(0, cached) });
      return { sequence: target.id, cached, copyOf: isCopied ? sequence.id : null };
    },
    giveBack(id, tokens) {
      const sequence = all[id] as Sequence;
      sequence.taken = false;
      sequence.tokens = tokens;
      sequence.usedAtMs = now();
    },
    note(id, tokens) {
      (all[id] as Sequence).tokens = tokens;
    },
    expire() {
      const old = all.filter(
        ({ taken, tokens, usedAtMs }) => !taken && tokens.length > 0 && now() - usedAtMs >= keepMs,
      );
      for (const sequence of old) {
        sequence.tokens = [];
        sequence.lane = null;
      }
      return old.map(({ id }) => id);
    },
  };
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}
