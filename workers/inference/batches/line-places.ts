/** The places of a workspace that lines of its batches have at this gateway, and the calls that wait for one of them. */
export interface LinePlaces {
  /** A line is about to take one. Call what it gives once the place is free again. */
  take(workspaceId: string): () => void;
  /** No line may take one: a call waits for it. */
  isWanted(workspaceId: string): boolean;
  /** A call found none. Null: no line has one that another call does not wait for already. */
  wantOne(workspaceId: string): WantedPlace | null;
}

export interface WantedPlace {
  /** Whether a line has given one back by then. */
  freed(options: { readonly untilMs: number; readonly signal: AbortSignal }): Promise<boolean>;
  /** It has one, or waits no longer. */
  leave(): void;
}

interface Places {
  lines: number;
  wanted: number;
  /** Of those that wait, the first one first. */
  readonly told: Set<() => void>;
}

export function createLinePlaces(): LinePlaces {
  const byWorkspace = new Map<string, Places>();

  function drop(workspaceId: string, places: Places) {
    if (places.lines === 0 && places.wanted === 0) byWorkspace.delete(workspaceId);
  }

  return {
    take(workspaceId) {
      const places = byWorkspace.get(workspaceId) ?? { lines: 0, wanted: 0, told: new Set() };
      byWorkspace.set(workspaceId, places);
      places.lines++;
      return () => {
        places.lines--;
        const [first] = places.told;
        first?.();
        drop(workspaceId, places);
      };
    },
    isWanted: (workspaceId) => (byWorkspace.get(workspaceId)?.wanted ?? 0) > 0,
    wantOne(workspaceId) {
      const places = byWorkspace.get(workspaceId);
      if (!places || places.wanted >= places.lines) return null;
      places.wanted++;
      return {
        async freed({ untilMs, signal }) {
          const leftMs = untilMs - performance.now();
          if (places.lines === 0 || leftMs <= 0) return false;
          signal.throwIfAborted();
          return new Promise<boolean>((resolve, reject) => {
            const end = (settle: () => void) => () => {
              clearTimeout(timer);
              places.told.delete(told);
              signal.removeEventListener('abort', left);
              settle();
            };
            const told = end(() => resolve(true));
            const left = end(() => reject(signal.reason as Error));
            const timer = setTimeout(
              end(() => resolve(false)),
              leftMs,
            );
            places.told.add(told);
            signal.addEventListener('abort', left);
          });
        },
        leave() {
          places.wanted--;
          drop(workspaceId, places);
        },
      };
    },
  };
}
