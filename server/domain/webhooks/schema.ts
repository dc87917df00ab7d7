import { z } from 'zod';
import type { FetchRefusal } from '#server/platform/outbound-fetch/fetch-outcome.ts';
import { outboundLimits, webhookLimits } from '../rate-limits/limits.ts';
import { subscribableEventTypes } from './event-types.ts';

export {
  type SubscribableEventType,
  subscribableEventTypes,
  type WebhookEventType,
  webhookEvents,
} from './event-types.ts';

const endpointUrlSchema = z
  .string()
  .trim()
  .min(1, 'Give the address that takes the events.')
  .max(outboundLimits.urlCharactersMax, `A URL has at most ${outboundLimits.urlCharactersMax} characters.`);
const eventTypesSchema = z
  .array(z.enum(subscribableEventTypes))
  .min(1, 'Choose at least one event.')
  .max(subscribableEventTypes.length);

/** What a member says of an endpoint. */
export const endpointSettingsSchema = z.object({ url: endpointUrlSchema, eventTypes: eventTypesSchema });
export type EndpointSettings = z.output<typeof endpointSettingsSchema>;

export const endpointSchema = z.object({ endpointId: z.uuid() });
export const updateEndpointSchema = endpointSchema.extend(endpointSettingsSchema.shape);
export const rotateSecretSchema = endpointSchema.extend({
  /** How long the secret before it signs as well. 0: it ends at once. */
  overlapHours: z.int().min(0).max(webhookLimits.overlapHoursMax),
});

export const deliveryStatuses = ['pending', 'delivered', 'failed', 'canceled'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

export const listDeliveriesSchema = endpointSchema.extend({
  status: z.enum(deliveryStatuses).optional(),
  /** The last delivery of the page before. */
  cursor: z.uuid().nullish(),
});
export const deliverySchema = z.object({ deliveryId: z.uuid() });

export type DisabledBecause = 'member' | 'gone' | 'failing' | 'backlog';

export interface EndpointItem {
  readonly id: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly createdAt: Date;
  readonly lastDeliveredAt: Date | null;
  /** Until then the secret before the last rotation signs as well; null: it does not. */
  readonly previousSecretUntil: Date | null;
  readonly disabledAt: Date | null;
  readonly disabledBecause: DisabledBecause | null;
}

export interface CreatedEndpoint {
  readonly endpoint: EndpointItem;
  /** This is the only time that anyone sees it. */
  readonly secret: string;
}

export type AttemptOutcome = 'answered' | FetchRefusal;

export interface AttemptItem {
  readonly number: number;
  readonly at: Date;
  readonly durationMs: number;
  readonly outcome: AttemptOutcome;
  readonly statusCode: number | null;
  /** The beginning of what was answered. */
  readonly answer: string | null;
}

export interface DeliveryItem {
  readonly id: string;
  /** As receivers see it. */
  readonly eventId: string;
  readonly type: string;
  readonly status: DeliveryStatus;
  readonly isReplay: boolean;
  readonly attemptCount: number;
  readonly nextAttemptAt: Date | null;
  readonly createdAt: Date;
  readonly lastAttempt: Pick<AttemptItem, 'outcome' | 'statusCode'> | null;
}

export interface DeliveryPage {
  readonly items: readonly DeliveryItem[];
  readonly hasMore: boolean;
}

export interface DeliveryDetail extends DeliveryItem {
  readonly payload: string;
  readonly attempts: readonly AttemptItem[];
}

/** Why nothing was answered, and what to do. */
export const refusalSentences = {
  malformed: 'This is no whole URL. Give one that begins with https://.',
  scheme: 'Only https is called. Give a URL that begins with https://.',
  credentials: 'A URL with a user name or password is not called. Verify the signature instead.',
  port: 'Only the ports 80 and 443 are called.',
  not_public: 'The URL leads to no public address. Give one that can be reached from the internet.',
  unreachable: 'No connection, or none that speaks HTTP over a valid certificate.',
  too_slow: `No answer within ${webhookLimits.timeoutMs / 1_000} s. Answer first, work later.`,
  status: 'The answer had a status that can’t be read.',
  too_many_redirects: 'Redirects are not followed. Give the last address.',
  too_large: 'The answer was too large.',
  cut_short: 'The answer ended too early.',
} as const satisfies Record<FetchRefusal, string>;
