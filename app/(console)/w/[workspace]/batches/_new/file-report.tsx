'use client';
import { Note } from '../../../../../_components/note.tsx';
import { Ledger } from '../../../../../_components/slip.tsx';
import { count, plural } from '../../../../../_format/number.ts';
import { type CheckedFile, type FirstLine, lackingFor } from './check-file.ts';
import { EndpointField } from './endpoint-field.tsx';
import { type BatchEndpoint, needsOf } from './endpoints.ts';
import { FileFaults } from './file-faults.tsx';

interface FileReportProps {
  readonly checked: CheckedFile;
  readonly endpoint: BatchEndpoint | null;
  readonly error: string | undefined;
  readonly onEndpoint: (endpoint: BatchEndpoint | null) => void;
}

/** What was found in the file, before any of it is sent. */
export function FileReport({ checked, endpoint, error, onEndpoint }: FileReportProps) {
  if (checked.faults.length > 0) return <FileFaults faults={checked.faults} />;
  const isOpen = checked.endpoint === null;
  const lacking = endpoint && lackingFor(checked, endpoint);
  return (
    <>
      {isOpen && <EndpointField endpoint={endpoint} error={error} onChange={onEndpoint} />}
      <div>
        <Ledger
          lines={[
            ['Lines', count(checked.lines)],
            ...(isOpen ? [] : ([['Endpoint', <code key="endpoint">{endpoint}</code>]] as const)),
          ]}
        />
        <ol className="rows" aria-label="The first lines">
          {checked.first.map((line) => (
            <First key={line.line} {...line} />
          ))}
        </ol>
        {checked.lines > checked.first.length && (
          <p className="help mt-2">
            and {plural(checked.lines - checked.first.length, 'more line', 'more lines')}, checked as well
          </p>
        )}
      </div>
      {endpoint && lacking && (
        <Note kind="warn">
          {lacking.lines === 1
            ? `Line ${count(lacking.first)} has no `
            : `${count(lacking.lines)} lines, line ${count(lacking.first)} the first of them, have no `}
          <code>{needsOf[endpoint]}</code> in the body, and {endpoint} needs one. What is refused costs
          nothing, and stands in the error file.
        </Note>
      )}
    </>
  );
}

function First({ line, customId, url, body }: FirstLine) {
  return (
    <li>
      <div className="line">
        <span className="min-w-0">
          <span className="text-small text-ink-3 mr-2">{count(line)}</span>
          <code className="wrap-anywhere">{customId}</code>
        </span>
        <span className="text-small text-ink-3 flex-none">{url === null ? 'POST' : `POST ${url}`}</span>
      </div>
      <div className="text-ink-2 wrap-anywhere">{body}</div>
    </li>
  );
}
