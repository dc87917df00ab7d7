import { DomainError } from '#server/domain/errors.ts';
import type { IncomingBody } from '../endpoint.ts';
import { pictureFromSource, readPictureForm } from '../images/read-image-request.ts';
import { isJson, parseAs, parseJson } from '../wire/json-body.ts';
import {
  type ExplanationRequest,
  type PictureExplanationRequest,
  pictureExplanationBody,
  pictureExplanationOptions,
  textExplanationBody,
} from './explanation-request.ts';

/** JSON with a text or a picture; or a form with a picture, as for /v1/images/classify. */
export async function readExplanationRequest({
  contentType,
  readBody,
}: IncomingBody): Promise<ExplanationRequest> {
  if (/^multipart\/form-data\s*(;|$)/i.test(contentType)) {
    const form = readPictureForm({ options: pictureExplanationOptions }, await readBody(), contentType);
    return { ...form, pictures: onlyOne(form.pictures) };
  }
  if (isJson(contentType)) {
    const body = parseJson(await readBody());
    if (namesPicture(body)) return fromPicture(body);
    if (isObject(body) && typeof body.input !== 'string') throw neitherOfBoth();
    return parseAs(textExplanationBody, body);
  }
  throw new DomainError(
    'unsupported_media_type',
    'Send a text or a picture as application/json, or a picture as multipart/form-data.',
  );
}

/** Which of the two was meant decides which fields there are. */
function namesPicture(body: unknown): boolean {
  return isObject(body) && isObject(body.input);
}

function isObject(value: unknown): value is { readonly input?: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function neitherOfBoth(): DomainError {
  const sentence = 'input is one text, or one picture: {"url": …} or {"base64": …}.';
  return new DomainError('invalid_request', sentence, { param: 'input' });
}

function fromPicture(body: unknown): PictureExplanationRequest {
  const { input, ...options } = parseAs(pictureExplanationBody, body);
  return { ...options, pictures: [pictureFromSource(input, 'input')] };
}

function onlyOne<Picture>(pictures: readonly Picture[]): readonly Picture[] {
  if (pictures.length === 1) return pictures;
  throw new DomainError('payload_too_large', 'One picture is explained at a time.', { param: 'image' });
}
