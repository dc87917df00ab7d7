'use client';
import { type ChangeEvent, type DragEvent, useRef, useState } from 'react';

/** A place to drop a file on, and the hidden field behind its button: the first file is taken. */
export function useFileDrop(take: (file: File) => void) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);

  function takeFirst(files: FileList | null) {
    const first = files?.[0];
    if (first) take(first);
  }

  return {
    /** Whether one is held over it. */
    over,
    open: () => input.current?.click(),
    place: {
      onDragOver: (event: DragEvent) => {
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop: (event: DragEvent) => {
        event.preventDefault();
        setOver(false);
        takeFirst(event.dataTransfer.files);
      },
    },
    field: {
      ref: input,
      type: 'file',
      hidden: true,
      onChange: (event: ChangeEvent<HTMLInputElement>) => {
        takeFirst(event.target.files);
        // The same file again is a choice as well: it may have been mended.
        event.target.value = '';
      },
    },
  } as const;
}
