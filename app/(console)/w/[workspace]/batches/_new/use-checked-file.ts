'use client';
import { useEffect, useState } from 'react';
import { type CheckedFile, checkFile } from './check-file.ts';

export interface FileCheck {
  readonly file: File | null;
  /** Null: it is still being read. */
  readonly checked: CheckedFile | null;
  /** Of the file, from 0 to 1. */
  readonly readShare: number;
  readonly choose: (file: File) => void;
}

const unreadable: CheckedFile = {
  lines: 0,
  endpoint: null,
  first: [],
  lacking: {},
  faults: [{ line: null, sentence: 'The file can’t be read, or has changed since. Choose it again.' }],
};

export function useCheckedFile(): FileCheck {
  const [file, setFile] = useState<File | null>(null);
  const [checked, setChecked] = useState<CheckedFile | null>(null);
  const [read, setRead] = useState(0);

  useEffect(() => {
    if (!file) return;
    const abort = new AbortController();
    const { signal } = abort;
    const onRead = (bytes: number) => {
      if (!signal.aborted) setRead(bytes);
    };
    void checkFile(file, { signal, onRead })
      .catch(() => unreadable)
      .then((result) => {
        if (!signal.aborted) setChecked(result);
      });
    return () => abort.abort();
  }, [file]);

  return {
    file,
    checked,
    readShare: file && file.size > 0 ? read / file.size : 0,
    choose(chosen) {
      setChecked(null);
      setRead(0);
      setFile(chosen);
    },
  };
}
