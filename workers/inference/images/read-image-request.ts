import type { z } from '@hono/zod-openapi';
import { DomainError } from '#server/domain/errors.ts';
import { imageLimits } from '#server/domain/rate-limits/limits.ts';
import { sniffImage } from '#workers/model-runtime/sniff-image.ts';
import type { BodyReader, IncomingBody } from '../endpoint.ts';
import { isJson, parseAs, parseJson } from '../wire/json-body.ts';
import { formParts } from '../wire/multipart.ts';
import { decodeBase64 } from './decode-base64.ts';
import {
  imageJson,
  imageOptions,
  type Picture,
  type PictureSource,
  tooManyPictures,
  type WithPictures,
} from './image-request.ts';

/** What a path takes beside the pictures. */
export interface PictureFields<Options extends object> {
  readonly options: z.ZodObject & z.ZodType<Options>;
  /** Of a JSON body: the pictures in `input`, the options beside it. */
  parseBody(body: unknown): { input: PictureSource | PictureSource[]; options: Options };
}

export const readImageRequest = pictureReader({
  options: imageOptions,
  parseBody(body) {
    const { input, ...options } = parseAs(imageJson, body);
    return { input, options };
  },
});

const waysToSend =
  'Send pictures as multipart/form-data, as application/json, or one as it is with its own Content-Type.';

/** A form, JSON, or the bytes of one picture: the body's declared type decides between them, the bytes about the picture. */
export function pictureReader<Options extends object>(
  fields: PictureFields<Options>,
): BodyReader<Options & WithPictures> {
  return async (incoming) => {
    if (!isJson(incoming.contentType)) return readPictureBody({ ...fields, waysToSend }, incoming);
    const { input, options } = fields.parseBody(parseJson(await incoming.readBody()));
    return { pictures: picturesFromSources(input), ...options };
  };
}

interface NoJson<Options extends object> extends Pick<PictureFields<Options>, 'options'>, WaysToSend {}

interface WaysToSend {
  /** What the path takes, said to whoever sent a body of another type. */
  readonly waysToSend: string;
}

/** A body that is no JSON: a form, or one picture. */
export async function readPictureBody<Options extends object>(
  { options, ...ways }: NoJson<Options>,
  incoming: IncomingBody,
): Promise<Options & WithPictures> {
  if (/^multipart\/form-data\s*(;|$)/i.test(incoming.contentType)) {
    return readPictureForm({ options }, await incoming.readBody(), incoming.contentType);
  }
  return { pictures: [await readOnePicture(incoming, ways)], ...parseAs(options, {}) };
}

/** Many clients declare nothing, and curl declares whatever it sends with --data-binary to be an HTML form. */
const mayBeBytes =
  /^(image\/[\w.+*-]+|application\/octet-stream|application\/x-www-form-urlencoded|)\s*(;|$)/i;

/** A body that is the bytes of one picture. */
export async function readOnePicture(
  { contentType, readBody }: Pick<IncomingBody, 'contentType' | 'readBody'>,
  { waysToSend }: WaysToSend,
): Promise<Picture> {
  const otherType = () => new DomainError('unsupported_media_type', waysToSend);
  if (!mayBeBytes.test(contentType)) throw otherType();
  const bytes = await readBody();
  const declared = /^image\//i.test(contentType);
  if (!declared && beginsLikeText(bytes)) throw otherType();
  return pictureOf(bytes, undefined, 'The body is empty. Send a picture.');
}

export function picturesFromSources(input: PictureSource | PictureSource[]): Picture[] {
  return Array.isArray(input)
    ? input.map((source, index) => pictureFromSource(source, `input[${index}]`))
    : [pictureFromSource(input, 'input')];
}

export function pictureFromSource({ url, base64 }: PictureSource, param: string): Picture {
  if (url != null) return { kind: 'url', url, param: `${param}.url` };
  return pictureFromBase64(base64 ?? '', `${param}.base64`);
}

export function pictureFromBase64(base64: string, param: string): Picture {
  const bytes = decodeBase64(base64);
  if (bytes === null) {
    const sentence =
      'This is not base64: letters, digits, + and /, = where its end is padded, no line breaks.';
    throw new DomainError('invalid_request', sentence, { param });
  }
  return pictureOf(bytes, param, 'The picture is empty.');
}

/** Parts named image, and options as texts, each at most once. */
export function readPictureForm<Options extends object>(
  { options }: Pick<PictureFields<Options>, 'options'>,
  body: Uint8Array,
  contentType: string,
): Options & WithPictures {
  const images: Uint8Array[] = [];
  const fields = new Map<string, unknown>();
  for (const { name, bytes } of formParts(body, contentType)) {
    if (name === 'image') {
      images.push(bytes);
      if (images.length > imageLimits.picturesMax) {
        throw new DomainError('payload_too_large', tooManyPictures(), { param: 'image' });
      }
      continue;
    }
    if (fields.has(name)) {
      throw new DomainError('invalid_request', 'Only the part image may be there more than once.', {
        param: name,
      });
    }
    fields.set(name, optionOf(name, Buffer.from(bytes).toString('utf8')));
    // One that is unknown is refused at once, before many more of them are read.
    if (!Object.hasOwn(options.shape, name)) break;
  }
  const given = parseAs(options, Object.fromEntries(fields));
  if (images.length === 0) {
    throw new DomainError('invalid_request', 'The form has no part named image.', { param: 'image' });
  }
  const pictures = images.map((bytes, index) =>
    pictureOf(bytes, images.length === 1 ? 'image' : `image[${index}]`, 'The part is empty.'),
  );
  return { pictures, ...given };
}

function pictureOf(bytes: Uint8Array, param: string | undefined, ifEmpty: string): Picture {
  if (bytes.byteLength === 0) throw new DomainError('invalid_request', ifEmpty, { param });
  if (bytes.byteLength > imageLimits.pictureBytesMax) {
    const sentence = `A picture has at most ${imageLimits.pictureBytesMax} bytes.`;
    throw new DomainError('payload_too_large', sentence, { param });
  }
  return { kind: 'bytes', bytes, param };
}

/** As Python writes them as well. */
const booleans: Readonly<Record<string, boolean>> = { true: true, True: true, false: false, False: false };
const number = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const alwaysTexts = new Set(['model', 'user', 'label', 'method']);

/** A form knows texts alone. What is written neither as a number nor as true or false stays one, and the schema says so. */
function optionOf(name: string, text: string): unknown {
  if (alwaysTexts.has(name)) return text;
  return number.test(text) ? Number(text) : (booleans[text] ?? text);
}

/** JSON or an HTML form that was declared wrongly. A GIF 61 pixels wide begins like a form's field too: "GIF89a=". */
function beginsLikeText(bytes: Uint8Array): boolean {
  if (typeof sniffImage(bytes) === 'string') return false;
  return /^\s*[{[]|^[\w.%+-]+=/.test(Buffer.from(bytes.subarray(0, 64)).toString('latin1'));
}
