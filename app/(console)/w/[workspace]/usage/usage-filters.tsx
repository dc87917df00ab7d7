'use client';
import { ChevronDown } from 'lucide-react';
import { type UsageOverview, usageRanges } from '#server/domain/usage/schema.ts';
import { Menu, MenuChoice } from '../../../../_components/menu.tsx';
import { useApiKeys } from '../_keys/use-api-keys.ts';
import type { UsageSelection } from './use-usage.ts';

interface UsageFiltersProps {
  readonly workspaceId: string;
  readonly selection: UsageSelection;
  readonly overview: UsageOverview;
  readonly setRange: (range: string | null) => void;
  readonly setKeyId: (keyId: string | null) => void;
  readonly setModel: (model: string | null) => void;
}

const rangeNames = { '24h': '24 h', '7d': '7 days', '30d': '30 days' } as const;
const any = 'any';

export function UsageFilters({
  workspaceId,
  selection,
  overview,
  setRange,
  setKeyId,
  setModel,
}: UsageFiltersProps) {
  const { data: apiKeys = [] } = useApiKeys(workspaceId);
  const keys = new Map(apiKeys.map((key) => [key.id, key.name]));
  for (const row of overview.rows) if (!keys.has(row.keyId)) keys.set(row.keyId, row.keyName);
  if (selection.keyId && !keys.has(selection.keyId)) keys.set(selection.keyId, selection.keyId);
  const models = new Set(overview.rows.map((row) => row.model));
  if (selection.model) models.add(selection.model);

  return (
    <div className="filters">
      <fieldset className="seg" aria-label="Period">
        {usageRanges.map((range) => (
          <button
            key={range}
            type="button"
            aria-pressed={range === selection.range}
            onClick={() => setRange(range === usageRanges[0] ? null : range)}
          >
            {rangeNames[range]}
          </button>
        ))}
      </fieldset>
      <Filter
        label="Key"
        all="All keys"
        value={selection.keyId}
        options={[...keys].map(([value, label]) => ({ value, label }))}
        onChange={setKeyId}
      />
      <Filter
        label="Model"
        all="All models"
        value={selection.model}
        options={[...models].map((model) => ({ value: model, label: model }))}
        onChange={setModel}
      />
    </div>
  );
}

interface FilterProps {
  readonly label: string;
  readonly all: string;
  readonly value: string | undefined;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string | null) => void;
}

function Filter({ label, all, value, options, onChange }: FilterProps) {
  const chosen = options.find((option) => option.value === value)?.label ?? all;
  return (
    <Menu
      trigger={
        <button type="button" className="btn edged" aria-label={`${label}: ${chosen}`}>
          <span className="max-w-40 truncate">{chosen}</span>
          <ChevronDown size={16} strokeWidth={1.5} aria-hidden />
        </button>
      }
    >
      <MenuChoice
        label={label}
        value={value ?? any}
        onChange={(next) => onChange(next === any ? null : next)}
        options={[{ value: any, label: all }, ...options]}
      />
    </Menu>
  );
}
