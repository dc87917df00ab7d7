import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl, webUrl } from '#server/api/addresses.ts';
import { generationLimits, imageLimits } from '#server/domain/rate-limits/schema.ts';
import { CodeSample } from '../../_components/code-sample.tsx';
import { ScrollingCode } from '../../_components/scroller.tsx';
import {
  hubChatCalls,
  hubGenerateCalls,
  hubPictureCalls,
  hubTextCalls,
} from '../../_samples/hugging-face-calls.ts';
import { samplePicture } from '../../_samples/image-calls.ts';
import { FieldTable } from '../field-table.tsx';
import { Section } from '../section.tsx';

export const metadata: Metadata = { title: 'Coming from Hugging Face' };

const { newTokensDefault, stopsMax } = generationLimits;

export default function HuggingFacePage() {
  const api = apiUrl();
  return (
    <>
      <h1>Coming from Hugging Face</h1>
      <p className="lead">
        Hugging Face’s clients call the models here as they are: give them the address of a model and a key.
      </p>
      <div className="grid gap-3">
        <CodeSample label="Labels of a text" variants={hubTextCalls(api)} />
        <CodeSample label="A picture to try" variants={[samplePicture(webUrl())]} />
        <CodeSample label="Labels of a picture" variants={hubPictureCalls(api)} />
        <CodeSample label="A chat" variants={hubChatCalls(api)} />
        <CodeSample label="A text in events" variants={hubGenerateCalls(api)} />
      </div>
      <Section id="paths" title="The paths">
        <FieldTable
          label="Paths"
          head={['Path', 'Sends', 'Answers']}
          fields={[
            [
              'POST /models/sentiment-1',
              '{"inputs", "parameters"}',
              'A list of labels within a list; of several texts, a list for each.',
            ],
            [
              'POST /models/image-1',
              'bytes, or {"inputs"}',
              'A list of labels. inputs is base64 or a URL; of a list of them, a list for each.',
            ],
            [
              'POST /models/image-1/pipeline/feature-extraction',
              'bytes, or {"inputs"}',
              'The picture’s vector, of length 1; of a list, a list of vectors.',
            ],
            [
              'POST /models/text-embedding-1',
              '{"inputs", "truncate"}',
              'The text’s vector, of length 1; of a list, a list of vectors. So does /pipeline/feature-extraction below it.',
            ],
            [
              'POST /models/text-1',
              '{"inputs", "parameters", "stream"}',
              'A list of one generated_text, or events.',
            ],
            ['POST /models/text-1/v1/chat/completions', 'as OpenAI has it', 'The same. model is not read.'],
            [
              'POST /models/text-1/v1/completions',
              'as OpenAI has it',
              'The same. model is not read; do_sample, return_full_text, max_new_tokens and stop_sequences are.',
            ],
            [
              'POST /',
              '{"inputs", "parameters", "stream"}',
              'As /models/text-1. For clients that have the server’s address alone.',
            ],
            ['POST /generate', '{"inputs", "parameters"}', 'generated_text, by text-1.'],
            ['POST /generate_stream', '{"inputs", "parameters"}', 'The same in events.'],
            ['GET /info', '', 'The model that /generate calls, and its limits.'],
            ['GET /health', '', 'Status 200, or 503. It needs no key.'],
          ]}
        />
        <p>
          They run what <Link href="/docs/sentiment">Sentiment</Link>, <Link href="/docs/images">Images</Link>
          , <Link href="/docs/embeddings">Embeddings</Link> and <Link href="/docs/text">Text</Link> describe,
          at the same price and under the same limits. A key needs the same scopes.
        </p>
      </Section>
      <Section id="classification" title="Classification">
        <FieldTable
          label="Parameters of a classification"
          fields={[
            [
              'top_k',
              'integer',
              `How many labels. Left out: all three of a text, ${imageLimits.topKDefault} of a picture (at most ${imageLimits.topKMax}).`,
            ],
            ['function_to_apply', '"softmax"', 'Others are refused: scores are probabilities, not logits.'],
          ]}
        />
        <p>
          A text that is longer than the model reads is refused; <code>truncate: true</code> beside{' '}
          <code>inputs</code> cuts it. Parameters of other tasks, such as <code>candidate_labels</code> or{' '}
          <code>threshold</code>, are refused: the labels are the model’s own.
        </p>
      </Section>
      <Section id="generation" title="Text generation">
        <FieldTable
          label="Parameters of a text"
          fields={[
            ['max_new_tokens', 'integer', `Left out: ${newTokensDefault}.`],
            [
              'do_sample',
              'boolean',
              'Draws tokens. So does a temperature other than 1, a top_k, or a top_p below 1. With none of these the most probable token is taken always.',
            ],
            ['temperature, top_k, top_p, seed, repetition_penalty, frequency_penalty', '', 'As in Text.'],
            [
              'stop, stop_sequences',
              'list of strings',
              `Up to ${stopsMax}. The text ends before the first of them.`,
            ],
            [
              'return_full_text',
              'boolean',
              'The prompt in front of the answer. Left out: true on /models/text-1, false on /generate.',
            ],
            ['details', 'boolean', 'finish_reason, generated_tokens, seed, and the tokens.'],
            [
              'grammar',
              '{"type": "json", "value"}',
              'JSON that the schema in value accepts. Regular expressions are refused.',
            ],
          ]}
        />
        <p>
          Refused with their name, since they would change what the answer means: <code>typical_p</code>,{' '}
          <code>watermark</code>, <code>best_of</code>, <code>num_return_sequences</code>,{' '}
          <code>top_n_tokens</code>, <code>decoder_input_details</code>, <code>adapter_id</code> and a{' '}
          <code>truncate</code> in tokens. What a schema may hold is in{' '}
          <Link href="/docs/text#json">Text</Link>; chats take it as <code>response_format</code>.{' '}
          <code>truncate: true</code> beside <code>inputs</code> cuts a prompt that is too long.
        </p>
        <p>
          An event has <code>index</code>, <code>token</code> (<code>id</code>, <code>text</code>,{' '}
          <code>logprob</code>, <code>special</code>), <code>generated_text</code> and <code>details</code>;
          the last two are null but in the last event. A text that is empty has one event, with a special
          token without an id. Where stop sequences were sent, <code>finish_reason</code> is{' '}
          <code>stop_sequence</code> also for a text that the model ended itself; a text that the{' '}
          <Link href="/docs/text#safety">safety policy</Link> ended has <code>content_filter</code>, which
          text-generation-inference does not know.
        </p>
      </Section>
      <Section id="clients" title="What the clients do">
        <p>
          The client for JavaScript needs <code>endpointUrl</code>; without it, it asks Hugging Face who
          serves the model (version 2 has <code>.endpoint(address)</code> instead, and wants{' '}
          <code>model</code> in each call). It sends a picture’s bytes alone, without its parameters. Its{' '}
          <code>textGeneration</code> calls <code>/v1/completions</code> below the model, so the answer begins
          with the prompt only where <code>return_full_text</code> is true, and{' '}
          <code>textGenerationStream</code> hands on OpenAI’s chunks: the text is in{' '}
          <code>choices[0].text</code>. Vectors come from <code>featureExtraction</code>: of texts with{' '}
          <code>/models/text-embedding-1</code> as the address, of pictures with{' '}
          <code>/models/image-1/pipeline/feature-extraction</code> and base64 as inputs.
        </p>
        <p>
          The client for Python and the older <code>text_generation.Client</code> take the address of a model,
          or that of the API alone, where the current model writes. Given the name of a model beside the
          address, the client for Python asks Hugging Face. LangChain’s <code>HuggingFaceEndpoint</code> keeps
          its token for Hugging Face and sends a <code>typical_p</code>: give it <code>endpoint_url</code>,{' '}
          <code>typical_p=1</code> and, as <code>server_kwargs</code>,{' '}
          <code>{'{"headers": {"Authorization": "Bearer …"}}'}</code>; its{' '}
          <code>HuggingFaceEndpointEmbeddings</code> takes no address, so take{' '}
          <Link href="/docs/openai#clients">OpenAI’s</Link>. LlamaIndex’s <code>HuggingFaceInferenceAPI</code>{' '}
          takes the address of a model as <code>model_name</code>.
        </p>
      </Section>
      <Section id="errors" title="Errors">
        <ScrollingCode
          className="code p-4 text-dense max-w-2xl overflow-x-auto"
          label="The shape of an error"
        >
          {'{"error": "a sentence", "error_type": …, "code": …, "param": …}'}
        </ScrollingCode>
        <p>
          <code>code</code> is one of <Link href="/docs/errors">Errors and limits</Link>, and{' '}
          <code>error_type</code> the word that the clients know: <code>validation</code>,{' '}
          <code>overloaded</code> or <code>generation</code>; otherwise it is the code. Where other paths
          answer 503 these answer 429 with Retry-After, because the client for JavaScript repeats a call after
          503 at once and without end.
        </p>
      </Section>
    </>
  );
}
