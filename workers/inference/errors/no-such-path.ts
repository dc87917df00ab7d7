import { DomainError } from '#server/domain/errors.ts';
import type { EndpointFamily } from '../endpoint.ts';
import { isPathOf } from '../wire/path-template.ts';

const chat = 'POST /v1/chat/completions';

/**
 * What clients of OpenAI, Anthropic, Ollama and Azure call that is not served here, and what there is instead. The first
 * that a path begins with is told.
 */
const unserved: readonly (readonly [string, string])[] = [
  [
    '/v1/responses',
    `The Responses API is not served: send ${chat}. Vercel’s AI SDK calls it with openai.chat("text-1"), LangChain with use_responses_api=False.`,
  ],
  ['/v1/chat/completions/', `No answer is kept, so none can be read again: send ${chat}.`],
  ['/v1/conversations', `No conversation is kept: send its messages with each ${chat}.`],
  ['/v1/assistants', `There are no assistants: send ${chat}.`],
  ['/v1/threads', `No conversation is kept: send its messages with each ${chat}.`],
  ['/v1/messages', `Anthropic’s API is not served: send ${chat}.`],
  ['/v1/moderations', 'No model here moderates. POST /v1/sentiment says how a text is meant.'],
  ['/v1/images/', 'No model here makes pictures. POST /v1/images/classify says what they show.'],
  ['/v1/audio', 'No model here hears or speaks.'],
  ['/v1/realtime', `No model here hears or speaks. Texts are streamed by ${chat} with stream: true.`],
  ['/v1/videos', 'No model here makes films.'],
  ['/v1/fine_tuning', 'Models are not trained over the API.'],
  ['/v1/uploads', 'Files are not sent in parts: send the whole to POST /v1/files.'],
  ['/v1/vector_stores', 'No vectors are kept: POST /v1/embeddings makes them.'],
  ['/v1/engines/', `Name the model in the body: send ${chat} or POST /v1/completions.`],
  ['/api/', `Ollama’s API is not served: send ${chat}, as OpenAI’s clients do.`],
  ['/openai/', `Azure’s paths are not served: take OpenAI’s client with a base URL that ends in /v1.`],
  ['/pipeline/', 'A model’s path is POST /models/{model}.'],
  ['/hf-inference/', 'A model’s path is POST /models/{model}.'],
];

const elsewhere = 'The base URL of OpenAI’s clients ends in /v1, once.';

/** Says what to do instead, in our words alone: nothing of the path that was asked for. */
export function noSuchPath(
  path: string,
  { family, templates }: { readonly family: EndpointFamily; readonly templates: readonly string[] },
): DomainError {
  return new DomainError('not_found', sentenceOf(path, family, templates));
}

function sentenceOf(path: string, family: EndpointFamily, templates: readonly string[]): string {
  if (family === 'hugging-face') {
    return 'There is no such model, or it has no such task. GET /v1/models names the models.';
  }
  const asked = spellings(path);
  const meant = templates.find((template) => asked.some((one) => isPathOf(template, one)));
  if (meant !== undefined) return `There is no such path. It is ${meant}. ${elsewhere}`;
  const instead = unserved.find(([prefix]) => asked.some((one) => one.startsWith(prefix)));
  if (instead !== undefined) return instead[1];
  return 'There is no such path. /v1/openapi.json describes those that there are.';
}

/** Of a base URL that lacks its /v1, has it twice, or ends in a slash where another one follows. */
function spellings(path: string): readonly string[] {
  const plain = path
    .replaceAll(/\/+/g, '/')
    .replace(/(?<=.)\/$/, '')
    .toLowerCase();
  const once = plain.replace(/^(?:\/v1)+(?=\/)/, '');
  return [plain, `/v1${once}`, once];
}
