import { Download } from 'lucide-react';
import { type BatchDetail, type BatchFile, isOpen } from '#server/domain/batches/schema.ts';
import { byteSize } from '../../../../../_format/number.ts';
import { calendarDate } from '../../../../../_format/time.ts';

interface BatchFilesProps {
  readonly batch: BatchDetail;
  readonly workspaceId: string;
  readonly mayDownload: boolean;
}

export function BatchFiles({ batch, workspaceId, mayDownload }: BatchFilesProps) {
  const unwritten = isOpen(batch) ? 'Written when the batch ends.' : 'None was written.';
  const files = [
    { name: 'Output', file: batch.outputFile },
    { name: 'Errors', file: batch.errorFile },
    { name: 'Input', file: batch.inputFile },
  ];
  return (
    <>
      <div className="sec">
        <h2>Files</h2>
      </div>
      <ul className="rows max-w-3xl">
        {files.map(({ name, file }) => (
          <li key={name}>
            <div className="line">
              <div className="min-w-0">
                <div className="font-medium">{name}</div>
                <FileFacts file={file} unwritten={unwritten} />
              </div>
              {mayDownload && file?.kept && (
                <a
                  className="btn edged flex-none"
                  href={`/api/workspaces/${workspaceId}/files/${file.id}`}
                  download
                  aria-label={`Download ${file.kept.filename}`}
                >
                  <Download size={16} strokeWidth={1.5} aria-hidden />
                  Download
                </a>
              )}
            </div>
          </li>
        ))}
      </ul>
      {!mayDownload && (
        <p className="help mt-3">
          Files hold inputs and answers. Owners, admins and developers may download them.
        </p>
      )}
    </>
  );
}

function FileFacts({ file, unwritten }: { file: BatchFile | null; unwritten: string }) {
  if (!file) return <div className="text-ink-3">{unwritten}</div>;
  if (!file.kept) return <div className="text-ink-3">Deleted, or past its 30 days.</div>;
  const { filename, bytes, expiresAt } = file.kept;
  return (
    <>
      <code className="text-ink-2 wrap-anywhere">{filename}</code>
      <div className="text-ink-3">
        {byteSize(bytes)}, kept until {calendarDate(expiresAt)}
      </div>
    </>
  );
}
