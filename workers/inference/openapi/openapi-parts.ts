import { z } from '@hono/zod-openapi';
import { errorCodes } from '#server/domain/errors.ts';
import { idempotencyLimits } from '#server/domain/rate-limits/limits.ts';
import { receiptSchema } from '../codecs/receipt-reply.ts';

/** What the paths' descriptions share. */
export const bearer = [{ bearerAuth: [] }];

const receipt = receiptSchema
  .optional()
  .openapi({ description: 'With already_completed: what was answered.' });

export const errorSchema = z
  .object({
    error: z.object({
      message: z.string().openapi({ description: 'A sentence for people.' }),
      type: z.enum([
        'invalid_request_error',
        'authentication_error',
        'permission_error',
        'rate_limit_error',
        'insufficient_quota',
        'server_error',
      ]),
      param: z.string().nullable().openapi({ description: 'The field that is wrong.', example: 'input[3]' }),
      code: z.enum(errorCodes),
      receipt,
    }),
  })
  .openapi('Error');

export const huggingFaceErrorSchema = z
  .object({
    error: z.string().openapi({ description: 'A sentence for people.' }),
    error_type: z.string().openapi({
      description:
        'validation, overloaded or generation, as text-generation-inference has them, or the code.',
    }),
    code: z.enum(errorCodes),
    param: z.string().nullable().openapi({ description: 'The field that is wrong.', example: 'inputs[3]' }),
    receipt,
  })
  .openapi('HuggingFaceError');

export const usageSchema = z
  .object({
    input_tokens: z.int().min(0).openapi({ description: 'Tokens that were read, special tokens left out.' }),
    units: z.int().min(0).openapi({ description: 'Units that the request cost.' }),
    price_micro_usd: z.int().min(0).openapi({ description: 'Price in millionths of a US dollar.' }),
  })
  .openapi('Usage');

export const imageUsageSchema = z
  .object({
    images: z.int().min(0).openapi({ description: 'Pictures that were classified.' }),
    units: z.int().min(0).openapi({ description: 'Units that the request cost.' }),
    price_micro_usd: z.int().min(0).openapi({ description: 'Price in millionths of a US dollar.' }),
  })
  .openapi('ImageUsage');

const picture = { schema: z.string().openapi({ format: 'binary', description: 'One picture.' }) };
/** A picture as the whole body; the last two are what clients and curl say of bytes that nobody told them the type of. */
export const pictureContent = {
  'image/*': picture,
  'application/octet-stream': picture,
  'application/x-www-form-urlencoded': picture,
};

export const idempotencyHeaders = z.object({
  'Idempotency-Key': z.string().min(1).max(idempotencyLimits.charactersMax).optional().openapi({
    description: 'Sent again with the same request, it is run and billed once. Kept for 24 hours.',
  }),
});

const header = (description: string, type: 'string' | 'integer' = 'string') => ({
  description,
  schema: { type },
});

const requestIdHeader = {
  'x-request-id': header('Id of the request: req_ and 32 hexadecimal digits.'),
};

const rateLimitHeaders = {
  'RateLimit-Policy': header('Limits by window: requests and units a minute.'),
  RateLimit: header('What is left of each window (r), and when it is full again in seconds (t).'),
  'x-ratelimit-limit-requests': header('Requests a minute.', 'integer'),
  'x-ratelimit-remaining-requests': header('Requests left.', 'integer'),
  'x-ratelimit-reset-requests': header('Until the requests are all back: 12ms, 1.5s, 6m0s.'),
  'x-ratelimit-limit-tokens': header('Units a minute.', 'integer'),
  'x-ratelimit-remaining-tokens': header('Units left.', 'integer'),
  'x-ratelimit-reset-tokens': header('Until the units are all back: 12ms, 1.5s, 6m0s.'),
};

const retryAfter = { 'Retry-After': header('Seconds until it makes sense to come back.', 'integer') };
const shouldRetry = {
  'x-should-retry': header(
    'false: coming back does not help, at least not before the plan or budget changes.',
  ),
};

export const successHeaders = { ...requestIdHeader, ...rateLimitHeaders };

type Headers = Record<string, ReturnType<typeof header>>;

const refused = (description: string, headers: Headers = {}) => ({
  description,
  headers: { ...requestIdHeader, ...headers },
  content: { 'application/json': { schema: errorSchema } },
});
/** Of a request that may have been counted against its windows before: then it is told what is left of them. */
const refusal = (description: string, headers: Headers = {}) =>
  refused(description, { ...rateLimitHeaders, ...headers });

export const errorResponses = {
  400: refusal('The body is not well formed, has an unknown field, or a field is wrong.'),
  401: refused('No API key, or one that is malformed, unknown, revoked or expired.'),
  403: refusal('The key lacks the scope, or its workspace is suspended.'),
  404: refusal('No such model.'),
  408: refusal('The body arrived too slowly.'),
  409: refusal(
    'The Idempotency-Key is of a request that still runs, or that was answered: its receipt is told.',
    { ...retryAfter, ...shouldRetry },
  ),
  413: refusal('The body is too large, or has too many texts or pictures.'),
  415: refusal('The body is not declared as a type that the path takes, or is compressed.'),
  422: refusal(
    'A text is longer than allowed, or than the model reads; a picture can not be decoded or fetched; an Idempotency-Key was sent with another request.',
  ),
  429: refusal('A rate limit, the quota or the budget is reached.', { ...retryAfter, ...shouldRetry }),
  500: refusal('A failure on our side. It was not billed.'),
  503: refusal('Overloaded or not available. It was not billed.', retryAfter),
};

const { 503: _noneOfIts, ...itsResponses } = errorResponses;

/** In the family's shape; where the others answer 503, it is a 429. */
export const huggingFaceErrorResponses = Object.fromEntries(
  Object.entries(itsResponses).map(([status, response]) => [
    status,
    { ...response, content: { 'application/json': { schema: huggingFaceErrorSchema } } },
  ]),
);
