import { nextInLine } from '../text/waiting-line.ts';
import { GenerationQueueFullError } from '../text-generator.ts';

export interface AnswerSlots {
  /** Resolves with what gives the slot back. Rejects with the signal's reason, or GenerationQueueFullError. */
  take(lane: string, signal: AbortSignal): Promise<() => void>;
  /** For more of what has begun, which can't be refused any more: it waits however many do. */
  takeMore(lane: string, signal: AbortSignal): Promise<() => void>;
}

export interface AnswerSlotsOptions {
  /** Answers that the engine is asked for at the same time. */
  readonly slots: number;
  /** Of these, so many for one lane. */
  readonly laneMax: number;
  readonly waitingMax: number;
}

interface Waiting {
  readonly lane: string;
  readonly hasBegun: boolean;
  seat(): void;
}

/** Fair between lanes before the engine, which does not know them. */
export function createAnswerSlots({ slots, laneMax, waitingMax }: AnswerSlotsOptions): AnswerSlots {
  const waiting: Waiting[] = [];
  const taken = new Map<string, number>();
  let free = slots;

  function seatNext() {
    while (free > 0) {
      const next = nextInLine(waiting, (lane) => taken.get(lane) ?? 0, laneMax);
      if (!next) return;
      waiting.splice(waiting.indexOf(next), 1);
      free--;
      taken.set(next.lane, (taken.get(next.lane) ?? 0) + 1);
      next.seat();
    }
  }

  function giveBack(lane: string) {
    free++;
    const left = (taken.get(lane) ?? 1) - 1;
    if (left > 0) taken.set(lane, left);
    else taken.delete(lane);
    seatNext();
  }

  function wait(lane: string, signal: AbortSignal, hasBegun: boolean): Promise<() => void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(entry), 1);
        reject(signal.reason);
      };
      const entry: Waiting = {
        lane,
        hasBegun,
        seat() {
          signal.removeEventListener('abort', leave);
          let isBack = false;
          resolve(() => {
            if (isBack) return;
            isBack = true;
            giveBack(lane);
          });
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(entry);
      seatNext();
    });
  }

  return {
    async take(lane, signal) {
      if (!signal.aborted && waiting.filter(({ hasBegun }) => !hasBegun).length >= waitingMax) {
        throw new GenerationQueueFullError('Too much waits for the engine.');
      }
      return wait(lane, signal, false);
    },
    takeMore: (lane, signal) => wait(lane, signal, true),
  };
}
