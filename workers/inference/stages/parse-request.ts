import { DomainError } from '#server/domain/errors.ts';
import { isStorable } from '#server/domain/storable-text.ts';
import type { FreeEndpoint } from '../endpoint.ts';
import { bodyPieces } from '../files/body-pieces.ts';
import type { Stage } from '../pipeline.ts';
import type { WithKey } from './read-key.ts';

export interface WithInput<Input> extends WithKey {
  readonly input: Input;
}

type Read<Input> = Pick<FreeEndpoint<Input>, 'body' | 'readParameters'>;

/** The edge: what comes out of here has the shape that the endpoint declares, and every text can be stored. */
export function parseRequest<Input>(endpoint: Read<Input>): Stage<WithKey, WithInput<Input>> {
  return {
    name: 'parseRequest',
    async run(context) {
      if (endpoint.body === null) return Object.assign(context, { input: readParameters(endpoint, context) });
      const contentType = context.header('content-type') ?? '';
      const input = await endpoint.body({
        contentType,
        readBody: context.readBody,
        pieces: () => bodyPieces(context.request),
      });
      return Object.assign(context, { input });
    },
  };
}

function readParameters<Input>(endpoint: Read<Input>, context: WithKey): Input {
  if (!endpoint.readParameters) return undefined as Input;
  const query = new URL(context.request.url).searchParams;
  const path = context.pathParameters();
  // No text of the database holds it, so nothing has such a name.
  if (!Object.values(path).every(isStorable)) {
    throw new DomainError('not_found', 'There is nothing of this name.');
  }
  return endpoint.readParameters({ path, query });
}
