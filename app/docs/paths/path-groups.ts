import type { ApiKeyScope } from '#server/domain/api-keys/schema.ts';
import { requestLimits } from '#server/domain/rate-limits/schema.ts';

interface PathGroup {
  readonly title: string;
  readonly href: string;
  readonly paths: readonly (readonly [
    path: string,
    scope: ApiKeyScope | 'sentiment or images',
    meaning: string,
  ])[];
}

/** Every path under /v1, by the page that says the rest; a journey holds them against the description of the API. */
export const pathGroups: readonly PathGroup[] = [
  {
    title: 'Sentiment',
    href: '/docs/sentiment',
    paths: [
      [
        'POST /v1/sentiment',
        'sentiment',
        `Negative, neutral or positive, of up to ${requestLimits.textsMax} texts.`,
      ],
    ],
  },
  {
    title: 'Images',
    href: '/docs/images',
    paths: [['POST /v1/images/classify', 'images', 'What pictures show.']],
  },
  {
    title: 'Text',
    href: '/docs/text',
    paths: [
      ['POST /v1/text/generate', 'text', 'A text that goes on, or the next message, whole or as a stream.'],
      ['POST /v1/chat/completions', 'text', 'The next message of a conversation, as OpenAI’s clients ask.'],
      ['POST /v1/completions', 'text', 'How a text goes on, as OpenAI’s clients ask.'],
    ],
  },
  {
    title: 'Embeddings',
    href: '/docs/embeddings',
    paths: [['POST /v1/embeddings', 'embeddings', 'Texts or pictures as vectors.']],
  },
  {
    title: 'Explanations',
    href: '/docs/explanations',
    paths: [['POST /v1/explanations', 'sentiment or images', 'Why a text or a picture got its label.']],
  },
  {
    title: 'Feedback',
    href: '/docs/feedback',
    paths: [['POST /v1/feedback', 'feedback', 'What an answer should have been.']],
  },
  {
    title: 'Files and batches',
    href: '/docs/batches',
    paths: [
      ['POST /v1/files', 'batches', 'Upload a file for a batch.'],
      ['GET /v1/files', 'batches', 'The files of the workspace.'],
      ['GET /v1/files/{file_id}', 'batches', 'One file: its name, size and end.'],
      ['GET /v1/files/{file_id}/content', 'batches', 'The bytes of a file.'],
      ['DELETE /v1/files/{file_id}', 'batches', 'Delete a file, at once and for good.'],
      ['POST /v1/batches', 'batches', 'Run the requests of a file.'],
      ['GET /v1/batches', 'batches', 'The batches of the workspace, the newest first.'],
      ['GET /v1/batches/{batch_id}', 'batches', 'One batch, with how far it is.'],
      ['POST /v1/batches/{batch_id}/cancel', 'batches', 'Cancel a batch.'],
    ],
  },
  {
    title: 'Usage and receipts',
    href: '/docs/usage',
    paths: [
      ['GET /v1/usage', 'usage:read', 'What was called, by hour or day, model, key and status.'],
      ['GET /v1/usage/receipts/{request_id}', 'usage:read', 'What one request cost.'],
    ],
  },
  {
    title: 'Models',
    href: '/docs/sentiment#models',
    paths: [
      ['GET /v1/models', 'models:read', 'The models that the key may call.'],
      ['GET /v1/models/{model}', 'models:read', 'One of them.'],
    ],
  },
];
