export interface StopMatcher {
  /** What of the text can be told, now that this was added. */
  push(text: string): Released;
  /** What is still held back, at the end. */
  end(): string;
}

export interface Released {
  readonly text: string;
  /** A stop sequence was met: `text` ends before it, and nothing comes after. */
  readonly stopped: boolean;
}

/** Finds stop sequences over the borders of what is pushed; what may be the beginning of one is held back. */
export function createStopMatcher(stop: readonly string[]): StopMatcher {
  let held = '';
  return {
    push(text) {
      held += text;
      const at = firstStop(held, stop);
      if (at >= 0) {
        const told = held.slice(0, at);
        held = '';
        return { text: told, stopped: true };
      }
      const keep = longestBeginning(held, stop);
      const told = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return { text: told, stopped: false };
    },
    end() {
      const rest = held;
      held = '';
      return rest;
    },
  };
}

function firstStop(text: string, stop: readonly string[]): number {
  return stop.reduce((first, sequence) => {
    const at = text.indexOf(sequence);
    return at >= 0 && (first < 0 || at < first) ? at : first;
  }, -1);
}

/** Length of the longest end of the text with which a stop sequence begins. */
function longestBeginning(text: string, stop: readonly string[]): number {
  let longest = 0;
  for (const sequence of stop) {
    for (let length = Math.min(sequence.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(sequence.slice(0, length))) longest = length;
    }
  }
  return longest;
}
