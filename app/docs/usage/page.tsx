import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl } from '#server/api/addresses.ts';
import { usageLimits } from '#server/domain/rate-limits/schema.ts';
import { CodeSample } from '../../_components/code-sample.tsx';
import { count } from '../../_format/number.ts';
import { receiptCalls, usageCalls } from '../../_samples/usage-calls.ts';
import { FieldTable } from '../field-table.tsx';
import { Section } from '../section.tsx';

export const metadata: Metadata = { title: 'Usage and receipts' };

const { hourlyDaysMax, daysMax, rowsMax, rowsDefault } = usageLimits;

export default function UsageReferencePage() {
  const api = apiUrl();
  return (
    <>
      <h1>Usage and receipts</h1>
      <p className="lead">
        What one call cost, and what all of them did, by hour or day, model, key and status. Asking is free.
      </p>
      <Section id="receipts" title="A receipt">
        <p>
          <code>GET /v1/usage/receipts/{'{request_id}'}</code> answers with the row of the ledger that a call
          is billed by. The id is the answer’s header <code>x-request-id</code>. The row is there before the
          answer is, or the last event of a stream.
        </p>
        <CodeSample label="A call and its receipt" variants={receiptCalls(api)} />
        <FieldTable
          label="Fields of a receipt"
          fields={[
            ['id', 'string', 'The request’s id.'],
            ['object', '"receipt"', ''],
            ['created_at', 'time', 'When the request came, UTC.'],
            ['task', 'string', 'What it is priced as: sentiment, text-generation, image-classification, …'],
            ['model_version', 'string', 'The model that answered, with its exact version.'],
            ['key_id, key_prefix', 'string', 'The key that called, as the console shows it.'],
            ['status', '"2xx", "4xx" or "5xx"', 'An answer, or an error. Only the first is ever charged.'],
            ['input_units, output_units', 'integer', 'What was read, and what was written.'],
            ['units', 'integer', 'Both together: what counts against the quota.'],
            ['unit', '"token" or "image"', 'What a unit is.'],
            ['price_micro_usd', 'integer', 'What the call cost, in millionths of a dollar.'],
            ['price_version', 'integer', 'Of the price list that it was priced by.'],
            ['latency_ms', 'integer', 'From the request’s arrival until it was written down.'],
          ]}
        />
        <p>
          A call that still runs has no receipt yet, and one that was refused before it was admitted never
          has: 404 says so. A text whose caller hung up has one as soon as it has ended.
        </p>
      </Section>
      <Section id="usage" title="Usage">
        <p>
          <code>GET /v1/usage</code> sums up the calls of all keys of the workspace. Rows come in the order of
          time, model, key and status; a group without a call has none. Calls are counted when they end, by
          the hour in which they began.
        </p>
        <CodeSample label="By day and model" variants={usageCalls(api)} />
        <FieldTable
          label="Parameters of usage"
          fields={[
            [
              'from, to',
              'date or time',
              `2026-11-01, or 2026-11-01T09:00:00Z with its offset (a + in a URL is %2B). to is not included. Usage is kept by the hour, so both are widened to whole hours. At most ${daysMax} days, by the hour ${hourlyDaysMax}. Left out: until now; the last 24 hours by the hour, otherwise 30 days.`,
            ],
            [
              'group_by',
              'list',
              'Of hour or day, model, key, status, with commas between. Empty: one row. Left out: day.',
            ],
            ['limit', `integer, 1 to ${count(rowsMax)}`, `Rows of a page. Left out: ${rowsDefault}.`],
            ['after', 'string', 'The id of the last row of the page before, with the same group_by.'],
          ]}
        />
        <FieldTable
          label="Fields of usage"
          fields={[
            ['object', '"list"', ''],
            ['from, to, group_by', 'time, time, list', 'As they were understood.'],
            ['data[].id', 'string', 'For after. It says nothing else.'],
            ['data[].start', 'time or null', 'Of the hour or day, UTC. Null where neither was asked for.'],
            [
              'data[].model_version, key_id, key_prefix, status',
              'string or null',
              'As in a receipt. Null where they were not asked for.',
            ],
            ['data[].requests', 'integer', 'Calls that were admitted.'],
            ['data[].input_units, output_units, units', 'integer', 'As in a receipt, in all.'],
            ['data[].price_micro_usd', 'integer', 'What they cost, in millionths of a dollar.'],
            [
              'data[].latency_ms',
              'object or null',
              'p50, p95 and p99 in milliseconds, estimated from counts by range, over the calls that were answered. Above 30 s it says 30,000.',
            ],
            ['has_more', 'boolean', 'Whether there is another page.'],
          ]}
        />
      </Section>
      <Section id="keys" title="Which keys may">
        <p>
          One with the scope for usage and receipts, which the console gives it. It reads those of the whole
          workspace, so keep it where bills are made. Others are answered with <code>scope_missing</code>.
          What is another workspace’s is <code>not_found</code>.{' '}
          <Link href="/docs/errors">Errors and limits</Link>
        </p>
      </Section>
    </>
  );
}
