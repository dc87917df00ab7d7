import { createRoute, z } from '@hono/zod-openapi';
import type { Clock } from '#server/domain/clock.ts';
import type { Database } from '#server/domain/database.ts';
import { usageLimits } from '#server/domain/rate-limits/limits.ts';
import {
  listUsage,
  type UsageDimension,
  type UsageGroup,
  usageDimensions,
} from '#server/domain/usage/list-usage.ts';
import { pageLimit } from '../codecs/list-page.ts';
import { readUsage } from '../codecs/read-usage.ts';
import { amount, describedStatus, statusOf, time } from '../codecs/usage-parts.ts';
import type { FreeEndpoint } from '../endpoint.ts';
import { bearer, errorResponses, successHeaders } from '../openapi/openapi-parts.ts';
import { readQuery } from '../wire/read-query.ts';

const { hourlyDaysMax, daysMax, rowsMax, rowsDefault, cursorCharactersMax } = usageLimits;
const anyTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
const dimension = z.enum(usageDimensions);

/** A date is its first moment, UTC. */
function moment(name: string, description: string) {
  const error = `${name} is a date or a time with its offset, such as 2026-11-01 or 2026-11-01T09:00:00Z, of this century.`;
  return z
    .string()
    .overwrite(withPlus)
    .refine((text) => isTime(text), { error })
    .transform((text) => new Date(text))
    .optional()
    .openapi({ type: 'string', format: 'date-time', description });
}

const query = z.strictObject({
  from: moment(
    'from',
    `Left out: 24 hours before to where hour is asked for, otherwise 30 days. At most ${hourlyDaysMax} days by the hour, otherwise ${daysMax}.`,
  ),
  to: moment('to', 'Not included. Left out: the end of this hour.'),
  group_by: z
    .string()
    .transform((text) => (text === '' ? [] : text.split(',')))
    .refine((names) => isGrouping(names), {
      error: `group_by is a list of ${usageDimensions.join(', ')}, with commas between, each once, and hour or day.`,
    })
    .transform((names) => usageDimensions.filter((each) => names.includes(each)))
    .default(['day'])
    .openapi({
      type: 'string',
      example: 'day,model',
      description: `Any of ${usageDimensions.join(', ')}, with commas between; of hour and day one. Empty: one row. Left out: day.`,
    }),
  limit: pageLimit({ most: rowsMax, leftOut: rowsDefault }),
  after: z
    .string()
    .max(cursorCharactersMax, { error: 'after is the id of the last row of a page.' })
    .optional()
    .openapi({ description: 'The id of the last row of the page before.' }),
});
type UsageQuery = z.output<typeof query>;

const ofGroup = (name: string) => `Null, unless grouped by ${name}.`;

const reply = z
  .object({
    object: z.literal('list'),
    from: time.openapi({ description: 'What was asked for, in whole hours, UTC.' }),
    to: time.openapi({ description: 'Not included.' }),
    group_by: z.array(dimension),
    data: z.array(
      z.object({
        id: z.string().openapi({ description: 'For after.' }),
        object: z.literal('usage'),
        start: time.nullable().openapi({ description: `Of the hour or day. ${ofGroup('hour or day')}` }),
        model_version: z
          .string()
          .nullable()
          .openapi({ description: ofGroup('model') }),
        key_id: z
          .string()
          .nullable()
          .openapi({ description: ofGroup('key') }),
        key_prefix: z
          .string()
          .nullable()
          .openapi({ description: ofGroup('key') }),
        status: describedStatus.nullable(),
        requests: amount,
        input_units: amount,
        output_units: amount,
        units: amount.openapi({ description: 'Both together: what counts against the quota.' }),
        price_micro_usd: amount.openapi({ description: 'In millionths of a US dollar.' }),
        latency_ms: z
          .object({ p50: z.number(), p95: z.number(), p99: z.number() })
          .nullable()
          .openapi({ description: 'Estimated from counts by range, over the answers that succeeded.' }),
      }),
    ),
    has_more: z.boolean(),
  })
  .openapi('UsageList');

const route = createRoute({
  method: 'get',
  path: '/v1/usage',
  operationId: 'listUsage',
  summary: 'Usage of the workspace',
  description: 'By hour or day, model, key and status, in this order. Every key of the workspace counts.',
  security: bearer,
  request: { query },
  responses: {
    200: {
      description: 'A page of rows. Groups without a request have none.',
      headers: successHeaders,
      content: { 'application/json': { schema: reply } },
    },
    ...errorResponses,
  },
});

export function usageEndpoint(dependencies: { db: Database; clock: Clock }): FreeEndpoint<UsageQuery> {
  return {
    route,
    family: 'own',
    scope: 'usage:read',
    body: null,
    readParameters: (sent) => readQuery(query, sent.query),
    async reply({ group_by: groupBy, ...asked }, { workspaceId }): Promise<z.infer<typeof reply>> {
      const page = await readUsage(() => listUsage(dependencies, { ...asked, groupBy, workspaceId }));
      return {
        object: 'list',
        from: page.from.toISOString(),
        to: page.to.toISOString(),
        group_by: groupBy,
        data: page.rows.map(toRow),
        has_more: page.hasMore,
      };
    },
  };
}

/** In a query a plus that was not escaped is read as a blank. */
function withPlus(text: string): string {
  return text.replace(/ (?=\d{2}:\d{2}$)/, '+');
}

/** The database can compare what is far from now, but nobody means it. */
function isTime(text: string): boolean {
  return anyTime.safeParse(text).success && text.startsWith('20') && !Number.isNaN(Date.parse(text));
}

function isGrouping(names: readonly string[]): boolean {
  const isKnown = names.every((name) => usageDimensions.includes(name as UsageDimension));
  return (
    isKnown && new Set(names).size === names.length && !(names.includes('hour') && names.includes('day'))
  );
}

function toRow(group: UsageGroup): z.infer<typeof reply>['data'][number] {
  return {
    id: group.id,
    object: 'usage',
    start: group.start?.toISOString() ?? null,
    model_version: group.modelVersion,
    key_id: group.keyId,
    key_prefix: group.keyPrefix,
    status: group.statusClass === null ? null : statusOf(group.statusClass),
    requests: group.requests,
    input_units: group.inputUnits,
    output_units: group.outputUnits,
    units: group.inputUnits + group.outputUnits,
    price_micro_usd: group.priceMicroUsd,
    latency_ms: group.latencyMs,
  };
}
