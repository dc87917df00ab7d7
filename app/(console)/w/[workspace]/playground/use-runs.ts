'use client';
import { useCallback, useState } from 'react';

export interface Run {
  readonly id: string;
  readonly task: string;
  readonly input: string;
  readonly answer: string;
  readonly score: number | null;
  readonly units: number;
  readonly priceMicroUsd: number;
  readonly at: Date;
}

export type NoteRun = (run: Omit<Run, 'at'>) => void;

const keptMax = 20;

/** The last runs of this tab, the newest first. They are kept nowhere else. */
export function useRuns(): { readonly runs: readonly Run[]; readonly note: NoteRun } {
  const [runs, setRuns] = useState<readonly Run[]>([]);
  const note = useCallback<NoteRun>(
    (run) =>
      setRuns((before) =>
        before.some(({ id }) => id === run.id)
          ? before
          : [{ ...run, at: new Date() }, ...before].slice(0, keptMax),
      ),
    [],
  );
  return { runs, note };
}
