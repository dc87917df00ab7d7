import { type BatchItem, isOpen } from '#server/domain/batches/schema.ts';
import { Rule } from '../../../../_components/rule.tsx';
import { count, plural } from '../../../../_format/number.ts';

/** Lines that are done on a rule, and those that failed after them; the words say the same. */
export function BatchProgress({ batch }: { batch: BatchItem }) {
  const { total, completed, failed } = batch;
  if (total === 0) {
    return <span className="text-ink-3">{isOpen(batch) ? 'reading the file' : 'nothing was run'}</span>;
  }
  const share = (lines: number) => (lines / total) * 100;
  return (
    <div className="min-w-40">
      <Rule
        label={null}
        value={share(completed)}
        failed={failed > 0 ? share(completed + failed) : undefined}
      />
      <div className="text-small flex flex-wrap justify-between gap-x-3">
        <span className="text-ink-2">
          {count(completed)} of {plural(total, 'line')} done
        </span>
        {failed > 0 && <span className="text-bad">{count(failed)} failed</span>}
      </div>
    </div>
  );
}
