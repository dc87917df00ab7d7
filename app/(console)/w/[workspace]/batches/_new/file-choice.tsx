'use client';
import { FileText, Upload } from 'lucide-react';
import { batchLimits, fileLimits } from '#server/domain/rate-limits/schema.ts';
import { useFileDrop } from '../../../../../_calls/use-file-drop.ts';
import { byteSize, count } from '../../../../../_format/number.ts';
import { exampleFile } from './example-file.ts';

interface FileChoiceProps {
  readonly file: File | null;
  readonly choose: (file: File) => void;
}

/** Drop a file, choose one, or take the example. */
export function FileChoice({ file, choose }: FileChoiceProps) {
  const { over, open, place, field } = useFileDrop(choose);

  return (
    <div className={over ? 'drop over' : 'drop'} {...place}>
      {file ? (
        <div className="flex min-w-0 items-center gap-3">
          <FileText size={20} strokeWidth={1.5} className="text-ink-3 flex-none" aria-hidden />
          <div className="min-w-0 flex-1">
            <code className="wrap-anywhere">{file.name}</code>
            <div className="text-small text-ink-3">{byteSize(file.size)}</div>
          </div>
          <button type="button" className="btn edged flex-none" onClick={open}>
            Choose another
          </button>
        </div>
      ) : (
        <div className="grid justify-items-center gap-2 py-5 text-center">
          <button type="button" className="btn edged" onClick={open}>
            <Upload size={16} strokeWidth={1.5} aria-hidden />
            Choose a file
          </button>
          <p className="text-small text-ink-3">
            or drop it here: JSONL, one request a line, up to {count(batchLimits.linesMax)} lines and{' '}
            {byteSize(fileLimits.bytesMax)}
          </p>
          <button
            type="button"
            className="text-small text-petrol underline underline-offset-3"
            onClick={() => choose(exampleFile())}
          >
            Take an example of three lines
          </button>
        </div>
      )}
      <input
        {...field}
        accept=".jsonl,.ndjson,.json,.txt,application/jsonl,application/x-ndjson"
        aria-label="A file of requests"
      />
    </div>
  );
}
