'use client';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { UsageOverview } from '#server/domain/usage/schema.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';
import { CodeSample } from '../../../../_components/code-sample.tsx';
import { RefusalNote } from '../../../../_components/refusal-note.tsx';
import { firstCalls } from '../../../../_samples/first-calls.ts';
import { Sheet } from '../../../_shell/sheet.tsx';
import { seriesOf } from './chart/series.ts';
import { UsageChart } from './chart/usage-chart.tsx';
import { CountedAt } from './counted-at.tsx';
import { downloadCsv } from './csv.ts';
import { UsageFigures } from './usage-figures.tsx';
import { UsageFilters } from './usage-filters.tsx';
import { UsageRows, UsageTable } from './usage-table.tsx';
import { type UsageSelection, useUsage, useUsageSelection } from './use-usage.ts';

interface UsageScreenProps {
  readonly workspace: WorkspaceItem;
  readonly initial: UsageOverview;
  readonly initialSelection: UsageSelection;
  readonly apiUrl: string;
}

export function UsageScreen({ workspace, initial, initialSelection, apiUrl }: UsageScreenProps) {
  const { selection, ...setters } = useUsageSelection();
  const isInitial = JSON.stringify(selection) === JSON.stringify(initialSelection);
  const usage = useUsage({ workspaceId: workspace.id, selection, initial: isInitial ? initial : undefined });
  const [asTable, setAsTable] = useState(false);
  const overview = usage.data ?? initial;
  const isEmpty = overview.totals.requests === 0 && !usage.isPlaceholderData;
  const unfiltered = !selection.keyId && !selection.model;
  const series = seriesOf(overview);

  return (
    <Sheet
      title="Usage"
      actions={
        <button
          type="button"
          className="btn edged"
          disabled={isEmpty}
          onClick={() => downloadCsv(workspace.slug, selection.range, overview)}
        >
          <Download size={16} strokeWidth={1.5} aria-hidden />
          Export CSV
        </button>
      }
    >
      <UsageFilters workspaceId={workspace.id} selection={selection} overview={overview} {...setters} />
      <UsageFigures totals={overview.totals} />

      <div className="sec">
        <h2>{overview.bucket === 'hour' ? 'Calls an hour' : 'Calls a day'}</h2>
        <div className="key-row max-md:hidden">
          {series.names.map((name, index) => (
            <span key={name}>
              <i style={{ '--c': series.colors[index] } as React.CSSProperties} />
              <code>{name}</code>
            </span>
          ))}
        </div>
        <span className="end">
          <button
            type="button"
            className="text-petrol underline underline-offset-3"
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? 'Show as chart' : 'Show as table'}
          </button>
        </span>
      </div>
      {usage.error && (
        <div className="mb-3">
          <RefusalNote error={usage.error}> The figures below are the last that arrived.</RefusalNote>
        </div>
      )}
      <UsageChart
        overview={overview}
        series={series}
        asTable={asTable}
        stale={usage.isError || usage.isPlaceholderData}
      />

      {isEmpty && unfiltered && (
        <div className="mt-6 max-w-2xl">
          <p className="mb-3">
            No calls in this period. Run one of these lines with your key; the call appears here within two
            seconds.
          </p>
          <CodeSample label="A first call" variants={firstCalls(apiUrl)} />
        </div>
      )}
      {isEmpty && !unfiltered && <p className="mt-6">No calls match these filters in this period.</p>}

      {!isEmpty && (
        <>
          <div className="sec">
            <h2>By key and model</h2>
          </div>
          <UsageTable overview={overview} />
          <UsageRows overview={overview} />
        </>
      )}
      <CountedAt at={overview.countedAt} receivedAt={usage.dataUpdatedAt} />
    </Sheet>
  );
}
