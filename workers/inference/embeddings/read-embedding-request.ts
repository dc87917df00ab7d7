import { DomainError } from '#server/domain/errors.ts';
import { pictureReader } from '../images/read-image-request.ts';
import { parseAs } from '../json-body.ts';
import { embeddingJson, embeddingOptions } from './embedding-request.ts';

export const readEmbeddingRequest = pictureReader({
  options: embeddingOptions,
  parseBody(body) {
    refuseTexts(body);
    const { input, ...options } = parseAs(embeddingJson, body);
    return { input, options };
  },
});

const send = 'Send pictures: {"url": …} or {"base64": …}, one or a list of them.';
const sentences = {
  text: `The model embeds pictures, not texts. ${send}`,
  tokens: `The model embeds pictures, not token ids, which LangChain makes of texts unless check_embedding_ctx_length=False. ${send}`,
};

/** What clients of other embedding models send is named before the schema only says that it is no picture. */
function refuseTexts(body: unknown): void {
  const { input } = Object(body) as { input?: unknown };
  const first = Array.isArray(input) ? input[0] : input;
  const param = Array.isArray(input) ? 'input[0]' : 'input';
  if (typeof first === 'string') throw new DomainError('invalid_request', sentences.text, { param });
  const token = Array.isArray(first) ? first[0] : first;
  if (typeof token === 'number') throw new DomainError('invalid_request', sentences.tokens, { param });
}
