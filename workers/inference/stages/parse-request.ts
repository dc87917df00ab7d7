import { DomainError } from '#server/domain/errors.ts';
import type { Endpoint } from '../endpoint.ts';
import { issueToError } from '../issue-to-error.ts';
import type { Stage } from '../pipeline.ts';
import type { WithKey } from './read-key.ts';

export interface WithInput<Input> extends WithKey {
  readonly input: Input;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const json = /^application\/json(?:\s*;\s*charset="?utf-?8"?)?\s*$/i;

/** The edge: what comes out of here has the shape that the endpoint declares, and every text can be stored. */
export function parseRequest<Input>(endpoint: Endpoint<Input>): Stage<WithKey, WithInput<Input>> {
  return {
    name: 'parseRequest',
    async run(context) {
      if (endpoint.body === null) return Object.assign(context, { input: undefined as Input });
      if (!json.test(context.request.headers.get('content-type') ?? '')) {
        throw new DomainError('unsupported_media_type', 'Send the body as Content-Type: application/json.');
      }
      const parsed = endpoint.body.safeParse(parseJson(await context.readBody()));
      if (!parsed.success) throw issueToError(parsed.error.issues);
      return Object.assign(context, { input: parsed.data });
    },
  };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    // The parser's own sentence quotes the input.
    throw new DomainError('invalid_json', 'The body is not JSON in UTF-8.');
  }
}
