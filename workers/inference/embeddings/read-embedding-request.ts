import { DomainError } from '#server/domain/errors.ts';
import { requestLimits } from '#server/domain/rate-limits/limits.ts';
import type { IncomingBody } from '../endpoint.ts';
import { picturesFromSources, readPictureBody } from '../images/read-image-request.ts';
import { isJson, parseAs, parseJson } from '../wire/json-body.ts';
import {
  type EmbeddingRequest,
  embeddingOptions,
  type PictureEmbeddingRequest,
  pictureEmbeddingJson,
  type TextEmbeddingRequest,
  textEmbeddingJson,
  type WithTexts,
} from './embedding-request.ts';

const waysToSend =
  'Send texts as application/json; pictures as application/json, as multipart/form-data, or one as it is with its own Content-Type.';

/** JSON with texts or with pictures; a form or a body that is a picture, as for /v1/images/classify. */
export async function readEmbeddingRequest(incoming: IncomingBody): Promise<EmbeddingRequest> {
  if (!isJson(incoming.contentType)) {
    return readPictureBody({ options: embeddingOptions, waysToSend }, incoming);
  }
  const bytes = await incoming.readBody();
  const body = parseJson(bytes);
  refuseTokens(body);
  return namesTexts(body) ? fromTexts(body, bytes.byteLength) : fromPictures(body);
}

function fromPictures(body: unknown): PictureEmbeddingRequest {
  const { input, ...options } = parseAs(pictureEmbeddingJson, body);
  return { pictures: picturesFromSources(input), ...options };
}

function fromTexts(body: unknown, bodyBytes: number): TextEmbeddingRequest {
  expectTextBody(bodyBytes);
  const { input, truncate, ...options } = parseAs(textEmbeddingJson, body);
  return { ...options, ...textsOf(input, truncate) };
}

/** The path takes bodies with pictures, which are larger. */
export function expectTextBody(bytes: number): void {
  const { bodyBytesMax } = requestLimits;
  if (bytes <= bodyBytesMax) return;
  throw new DomainError('payload_too_large', `A body with texts has at most ${bodyBytesMax} bytes.`);
}

export function textsOf(input: string | string[], truncate: boolean): WithTexts {
  return { texts: [input].flat(), isList: Array.isArray(input), truncate };
}

/** What stands first says what was meant; what is neither is said by the schema of texts. */
function namesTexts(body: unknown): boolean {
  const { first } = firstInput(body);
  return typeof first !== 'object' || first === null;
}

/** Clients make token ids of texts: what stops that is named. */
function refuseTokens(body: unknown): void {
  const { first, param } = firstInput(body);
  const token = Array.isArray(first) ? first[0] : first;
  if (typeof token !== 'number') return;
  throw new DomainError(
    'invalid_request',
    'The model reads texts, not token ids, which LangChain makes of them unless check_embedding_ctx_length=False. Send a text or a list of texts.',
    { param },
  );
}

function firstInput(body: unknown): { first: unknown; param: string } {
  const { input } = Object(body) as { input?: unknown };
  return Array.isArray(input) ? { first: input[0], param: 'input[0]' } : { first: input, param: 'input' };
}
