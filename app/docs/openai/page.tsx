import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl } from '#server/api/addresses.ts';
import { fileLimits } from '#server/domain/rate-limits/schema.ts';
import { CodeSample } from '../../_components/code-sample.tsx';
import { count } from '../../_format/number.ts';
import { openAiEmbeddingCalls } from '../../_samples/embedding-calls.ts';
import { openAiCalls } from '../../_samples/text-calls.ts';
import { FieldTable } from '../field-table.tsx';
import { Section } from '../section.tsx';

export const metadata: Metadata = { title: 'Coming from OpenAI' };

const mebibyte = 1024 * 1024;
const dayMs = 86_400_000;

export default function OpenAiPage() {
  const api = apiUrl();
  return (
    <>
      <h1>Coming from OpenAI</h1>
      <p className="lead">
        OpenAI’s clients, and those that speak as they do, call the models here as they are: give them another
        address, a key and the name of a model.
      </p>
      <div className="grid gap-3">
        <CodeSample label="A chat" variants={openAiCalls(api)} />
        <CodeSample label="Vectors" variants={openAiEmbeddingCalls(api)} />
      </div>
      <p>
        A program that can’t be changed needs two variables: <code>OPENAI_BASE_URL={api}/v1</code> and the key
        as <code>OPENAI_API_KEY</code>.
      </p>
      <Section id="paths" title="The paths">
        <FieldTable
          label="Paths"
          head={['Path', 'Models', 'Reference']}
          fields={[
            [
              'POST /v1/chat/completions',
              'text-1, punctuation-1',
              'Streams, n, stop, seed, logprobs, logit_bias, response_format with a schema: as in Text.',
            ],
            ['POST /v1/completions', 'text-1, punctuation-1', 'One prompt a call, as a text.'],
            [
              'POST /v1/embeddings',
              'text-embedding-1, image-1',
              'Texts or pictures, as floats or base64: as in Embeddings.',
            ],
            ['GET /v1/models, /v1/models/{model}', 'all', 'tasks and card stand beside OpenAI’s fields.'],
            [
              '/v1/files, /v1/batches',
              'all',
              'All that their clients call, with purpose batch: as in Files and batches.',
            ],
          ]}
        />
        <p>
          More: <Link href="/docs/text#openai">Text</Link>, <Link href="/docs/embeddings">Embeddings</Link>,{' '}
          <Link href="/docs/batches">Files and batches</Link>. Sentiment, classes of pictures and explanations
          have no counterpart there: they are plain paths of their own.
        </p>
      </Section>
      <Section id="differences" title="What differs">
        <FieldTable
          label="What differs"
          head={['What', 'Here', 'What to do']}
          fields={[
            [
              'model',
              'names of its own',
              'Take one of GET /v1/models. Others are 404 not_found; left out, or tgi or dummy, as clients write where a server has one model, the current one answers.',
            ],
            [
              'tools, …',
              '400, param names it',
              'Leave tools, functions, pictures in a chat, audio, prediction, moderation and suffix out: an answer without them would mean something else. A shape that another engine took as guided_json or grammar is asked for by response_format.',
            ],
            [
              'user, …',
              'taken, not read',
              'Nothing: what changes no answer, such as metadata or service_tier, is let through in chats and completions, and not kept.',
            ],
            ['store: true', '400', 'Leave it out: no answer is kept.'],
            ['token numbers', '400', 'Send texts as input. LangChain: check_embedding_ctx_length=False.'],
            ['dimensions', 'the model’s own', 'Leave it out.'],
            [
              'expires_after',
              'taken of a file',
              `Left out, a file is kept for ${fileLimits.lifetimeMs / dayMs} days. output_expires_after of a batch is refused.`,
            ],
            [
              'a file',
              `${count(fileLimits.bytesMax / mebibyte)} MiB`,
              'Make several batches of what is larger.',
            ],
            [
              'other paths',
              '404',
              'There are none for responses, moderations, images to be made, audio, assistants or fine-tuning. The error says what to call instead.',
            ],
            [
              'several prompts',
              '400 in /v1/completions',
              'Send a call for each, or a batch of them. LangChain: OpenAI(batch_size=1).',
            ],
          ]}
        />
      </Section>
      <Section id="clients" title="Frameworks">
        <p>
          What speaks OpenAI’s API takes this one with <code>{api}/v1</code> as its base URL (
          <code>base_url</code>, <code>baseURL</code>, <code>api_base</code>) and a key. Some begin with what
          is not here, and have a setting for it:
        </p>
        <FieldTable
          label="Frameworks"
          head={['Client', 'Takes', 'Set']}
          fields={[
            [
              'Vercel’s AI SDK',
              'text, objects, vectors',
              'createOpenAI({ baseURL }).chat("text-1"), since openai("text-1") calls /v1/responses. Its OpenAI-compatible provider needs no setting.',
            ],
            [
              'LangChain',
              'ChatOpenAI, OpenAIEmbeddings, OpenAI',
              'with_structured_output goes by its default, json_schema. OpenAIEmbeddings(check_embedding_ctx_length=False) in Python.',
            ],
            [
              'LlamaIndex',
              'OpenAILike, OpenAILikeEmbedding',
              'is_chat_model=True, and should_use_structured_outputs=True for as_structured_llm.',
            ],
            ['LiteLLM', 'completion, embedding', 'model="openai/text-1" with api_base.'],
            ['Instructor', 'response_model', 'mode=instructor.Mode.JSON_SCHEMA: others send tools.'],
            ['Pydantic AI', 'OpenAIChatModel', 'output_type=NativeOutput(…): others send tools.'],
            [
              'OpenAI’s Agents SDK',
              'agents without tools',
              'set_default_openai_api("chat_completions"), since it begins with /v1/responses.',
            ],
            ['Haystack, Semantic Kernel, smolagents', 'chats and vectors', 'Nothing.'],
          ]}
        />
      </Section>
      <Section id="same" title="What does not">
        <p>
          Errors have OpenAI’s shape and its statuses, so its clients throw the classes that they always do;{' '}
          <code>code</code> is one of <Link href="/docs/errors">ours</Link>. They repeat 408, 409, 429 and 5xx
          by themselves and heed <code>retry-after</code>; where that can’t help, a spent quota or budget,{' '}
          <code>x-should-retry: false</code> stops them. They send no <code>Idempotency-Key</code> of their
          own: <Link href="/docs/errors#again">how to set one</Link>. The headers{' '}
          <code>x-ratelimit-*-requests</code> and <code>x-ratelimit-*-tokens</code> are there, and{' '}
          <code>x-request-id</code>, which they hand on as <code>_request_id</code>.
        </p>
        <p>
          In a browser a key has to name the page’s origin:{' '}
          <Link href="/docs/authentication#browsers">Authentication</Link>. Webhooks are verified by{' '}
          <code>client.webhooks.unwrap</code>: <Link href="/docs/webhooks">Webhooks</Link>.
        </p>
      </Section>
    </>
  );
}
