'use client';
import { batchLimits } from '#server/domain/rate-limits/schema.ts';
import { Note } from '../../../../../_components/note.tsx';
import { count } from '../../../../../_format/number.ts';
import type { LineFault } from './check-file.ts';

const shownMax = 6;

export function FileFaults({ faults }: { faults: readonly LineFault[] }) {
  const more = faults.length - shownMax;
  return (
    <>
      <Note kind="bad">
        {faults.length === 1 ? 'This has to be mended' : 'These have to be mended'} before the file can be
        sent. Nothing of it has left this browser.
      </Note>
      <ol className="rows" aria-label="What is wrong with the file">
        {faults.slice(0, shownMax).map(({ line, sentence }, index) => (
          <li key={index}>
            <b className="font-medium">{line === null ? 'The file' : `Line ${count(line)}`}</b>
            <div className="text-ink-2 wrap-anywhere">{sentence}</div>
          </li>
        ))}
      </ol>
      {more > 0 && (
        <p className="help">
          and {count(more)} more{faults.length >= batchLimits.errorsMax && ', as far as it was read'}
        </p>
      )}
    </>
  );
}
