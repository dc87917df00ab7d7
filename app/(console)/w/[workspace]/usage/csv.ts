import type { UsageOverview } from '#server/domain/usage/schema.ts';

const columns = [
  'key_id',
  'key_name',
  'model',
  'task',
  'calls',
  'failed',
  'units',
  'price_micro_usd',
  'p95_ms',
  'last_call',
];

/** The table as RFC 4180. A cell that a spreadsheet would run as a formula is made a text. */
export function toCsv(overview: UsageOverview): string {
  const rows = overview.rows.map((row) => [
    row.keyId,
    row.keyName,
    row.model,
    row.task,
    row.requests,
    row.failed,
    row.units,
    row.priceMicroUsd,
    row.p95Ms ?? '',
    row.lastUsedAt.toISOString(),
  ]);
  return [columns, ...rows].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function downloadCsv(slug: string, range: string, overview: UsageOverview): void {
  const address = URL.createObjectURL(new Blob([toCsv(overview)], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `usage-${slug}-${range}-${overview.countedAt.toISOString().slice(0, 10)}.csv`;
  link.click();
  URL.revokeObjectURL(address);
}
