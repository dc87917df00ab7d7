import { createRoute, z } from '@hono/zod-openapi';
import type { Clock } from '#server/domain/clock.ts';
import type { Database } from '#server/domain/database.ts';
import { recordFeedback } from '#server/domain/feedback/record-feedback.ts';
import { embeddingLimits, feedbackLimits } from '#server/domain/rate-limits/limits.ts';
import { isStorable } from '#server/domain/storable-text.ts';
import { orDefault } from '../codecs/or-default.ts';
import type { FreeEndpoint } from '../endpoint.ts';
import { orDatabaseUnavailable } from '../errors/or-database-unavailable.ts';
import { bearer, errorResponses, successHeaders } from '../openapi/openapi-parts.ts';
import { jsonBody } from '../wire/json-body.ts';

const { labelCharactersMax, correctionCharactersMax, keptDays } = feedbackLimits;
const oneOfBoth = 'Send label, or correction.';
const indexMax = embeddingLimits.textsMax - 1;
const indexError = `index is a whole number from 0 to ${indexMax}.`;

const said = (name: string, charactersMax: number) =>
  z
    .string({ error: `${name} is a string.` })
    .max(charactersMax, { error: `${name} has at most ${charactersMax} characters.`, abort: true })
    .refine((value) => value.trim() !== '', { error: `${name} is empty.`, abort: true })
    .refine(isStorable, { error: `${name} holds a NUL character or half of a surrogate pair.` });

const body = z
  .strictObject(
    {
      request_id: z.string({ error: 'request_id is the x-request-id of an answer.' }).openapi({
        description: 'The x-request-id of the answer.',
        example: 'req_019ab0f2c4d17a7e8f3b5c6d7e8f9a0b',
      }),
      index: orDefault(
        z.int({ error: indexError }).min(0, { error: indexError }).max(indexMax, { error: indexError }),
        0,
      ).openapi({ description: 'Which of the request’s inputs, as index in its answer.' }),
      label: said('label', labelCharactersMax)
        .nullish()
        .openapi({ description: 'The label that would have been right.', example: 'negative' }),
      correction: said('correction', correctionCharactersMax)
        .nullish()
        .openapi({ description: 'The text that should have been written.' }),
    },
    { error: (issue) => (issue.code === 'invalid_type' ? 'The body is a JSON object.' : undefined) },
  )
  .transform(({ request_id: requestId, index, label, correction }, context) => {
    if (label != null && correction == null) return { requestId, index, said: { label } };
    if (correction != null && label == null) return { requestId, index, said: { correction } };
    context.addIssue({ code: 'custom', message: oneOfBoth, path: ['label'] });
    return z.NEVER;
  })
  .openapi('FeedbackRequest');
type FeedbackRequest = z.infer<typeof body>;

const reply = z
  .object({
    object: z.literal('feedback'),
    request_id: z.string(),
    index: z.int().min(0),
    label: z.string().nullable(),
    correction: z.string().nullable(),
  })
  .openapi('Feedback');

const route = createRoute({
  method: 'post',
  path: '/v1/feedback',
  operationId: 'createFeedback',
  summary: 'What an answer should have been',
  description: `A label or a text that would have been right, for an answer of this workspace, if an owner or admin has switched feedback on. Sent again for the same input, the last one stands. Kept for ${keptDays} days. It costs nothing.`,
  security: bearer,
  request: { body: { required: true, content: { 'application/json': { schema: body } } } },
  responses: {
    200: {
      description: 'It is kept.',
      headers: successHeaders,
      content: { 'application/json': { schema: reply } },
    },
    ...errorResponses,
    403: {
      ...errorResponses[403],
      description:
        'The workspace keeps no feedback, or is suspended; or the key lacks the scope. Nothing was stored.',
    },
    404: { ...errorResponses[404], description: 'No such answered request in this workspace.' },
  },
});

export function feedbackEndpoint(dependencies: {
  db: Database;
  clock: Clock;
}): FreeEndpoint<FeedbackRequest> {
  return {
    route,
    family: 'own',
    scope: 'feedback',
    body: jsonBody(body),
    async reply({ requestId, index, said: given }, { workspaceId }): Promise<z.infer<typeof reply>> {
      await orDatabaseUnavailable('Feedback can not be stored at the moment. Try again.', () =>
        recordFeedback(dependencies, { workspaceId, requestId, index, said: given }),
      );
      return {
        object: 'feedback',
        request_id: requestId,
        index,
        label: null,
        correction: null,
        ...given,
      };
    },
  };
}
