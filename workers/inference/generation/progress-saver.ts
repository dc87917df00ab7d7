import { DomainError } from '#server/domain/errors.ts';
import { generationLimits } from '#server/domain/rate-limits/limits.ts';
import type { Metering, Progress, ProgressOutcome } from '#server/domain/usage/metering.ts';

export interface ProgressSaver {
  /** Saves at once, and from then on every so often until it is closed. */
  open(saved: SavedRequest): Promise<ProgressOutcome>;
  close(saved: SavedRequest): void;
}

export interface SavedRequest {
  progress(): Progress;
  /** Its hold is gone, or can't be prolonged any more: nothing more of it will be billed. */
  lose(error: DomainError): void;
}

export interface ProgressSaverOptions {
  readonly metering: Pick<Metering, 'saveProgress'>;
  readonly holdMs: number;
  readonly everyMs?: number;
}

interface Open {
  savedAtMs: number;
  isBeingSaved: boolean;
}

/** One clock for all streams of the gateway, so that they share the calls to the database. */
export function createProgressSaver({
  metering,
  holdMs,
  everyMs = generationLimits.saveEveryMs,
}: ProgressSaverOptions): ProgressSaver {
  const opened = new Map<SavedRequest, Open>();
  const unsavedMsMax = Math.min(generationLimits.unsavedMsMax, holdMs / 2);
  let timer: NodeJS.Timeout | undefined;

  function saveAll() {
    for (const [saved, state] of opened) if (!state.isBeingSaved) void save(saved, state);
  }

  async function save(saved: SavedRequest, state: Open): Promise<void> {
    state.isBeingSaved = true;
    try {
      const { outcome } = await metering.saveProgress(saved.progress());
      state.savedAtMs = performance.now();
      if (outcome !== 'saved') lose(saved, withheld());
    } catch (error) {
      if (performance.now() - state.savedAtMs > unsavedMsMax) lose(saved, unsaved(error));
    } finally {
      state.isBeingSaved = false;
    }
  }

  function lose(saved: SavedRequest, error: DomainError) {
    if (!opened.has(saved)) return;
    close(saved);
    saved.lose(error);
  }

  function close(saved: SavedRequest) {
    opened.delete(saved);
    if (opened.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    async open(saved) {
      const outcome = await metering.saveProgress(saved.progress());
      if (outcome.outcome !== 'saved') return outcome;
      opened.set(saved, { savedAtMs: performance.now(), isBeingSaved: false });
      timer ??= setInterval(saveAll, everyMs);
      return outcome;
    },
    close,
  };
}

function withheld(): DomainError {
  return new DomainError(
    'answer_withheld',
    'The rest of the answer could not be written down, so it is neither sent nor billed. Try again.',
    { retryAfterMs: 1_000 },
  );
}

function unsaved(cause: unknown): DomainError {
  return new DomainError(
    'database_unavailable',
    'What the answer costs can not be written down at the moment. Try again.',
    { retryAfterMs: 1_000, cause },
  );
}
