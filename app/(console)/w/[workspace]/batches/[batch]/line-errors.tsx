import type { BatchDetail } from '#server/domain/batches/schema.ts';
import { batchLimits } from '#server/domain/rate-limits/schema.ts';
import { Note } from '../../../../../_components/note.tsx';
import { count } from '../../../../../_format/number.ts';

/** What is wrong with the input file. */
export function LineErrors({ batch: { errors, total } }: { batch: BatchDetail }) {
  return (
    <>
      <div className="sec">
        <h2>What is wrong with the file</h2>
      </div>
      <div className="max-w-3xl">
        <Note kind="warn">
          {total === 0
            ? 'Nothing was run and nothing is billed. Mend the file, upload it again and make a new batch.'
            : 'What was answered before is billed, and in the output as far as it could be read. Upload the file again for the rest.'}
          {errors.length >= batchLimits.errorsMax && ` These are the first ${count(errors.length)} faults.`}
        </Note>
      </div>
      <ol className="rows mt-4 max-w-3xl">
        {errors.map(({ line, code, message, param }, index) => (
          <li key={index}>
            <div className="line">
              <b className="font-medium">{line === null ? 'The file' : `Line ${count(line)}`}</b>
              <code className="text-ink-3">{param === null ? code : `${code} · ${param}`}</code>
            </div>
            <div className="text-ink-2">{message}</div>
          </li>
        ))}
      </ol>
    </>
  );
}
