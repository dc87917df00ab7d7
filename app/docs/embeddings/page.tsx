import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl, webUrl } from '#server/api/addresses.ts';
import { prices } from '#server/domain/billing/schema.ts';
import {
  embeddingLimits,
  imageLimits,
  requestLimits,
  textModelLimits,
} from '#server/domain/rate-limits/schema.ts';
import { CodeSample } from '../../_components/code-sample.tsx';
import { money } from '../../_format/money.ts';
import { count } from '../../_format/number.ts';
import {
  embeddingCalls,
  openAiEmbeddingCalls,
  samplePictures,
  searchCalls,
} from '../../_samples/embedding-calls.ts';
import { FieldTable } from '../field-table.tsx';
import { Section } from '../section.tsx';

export const metadata: Metadata = { title: 'Embeddings' };

const mebibyte = 1024 * 1024;
const million = 1_000_000;
const { picturesMax, pictureBytesMax, bodyBytesMax } = imageLimits;
const { textCharactersMax } = requestLimits;
const { textsMax } = embeddingLimits;
const priceOf = (task: 'text-embedding' | 'image-embedding') =>
  money(prices[task].microUsdPerInputUnit * million);

export default function EmbeddingsReferencePage() {
  const api = apiUrl();
  return (
    <>
      <h1>Embeddings</h1>
      <p className="lead">
        A text as a vector of 384 numbers, or a picture as one of 1,280, to search, group and compare by. The
        shape is that of the OpenAI API.
      </p>
      <CodeSample label="A search" variants={searchCalls(api)} />
      <Section id="texts" title="Vectors of texts">
        <p>
          Texts that mean the same are near to each other, also where they share no word. Each vector has
          length 1, so the dot product of two is their cosine: 1 for the same text, about 0 for texts that
          have nothing to do with each other. There is no threshold that holds everywhere: take the nearest,
          or find one on texts of your own.
        </p>
        <p>
          The model reads English, up to {textModelLimits.tokensMax} tokens (some 350 words) a text, and was
          made for sentences and short paragraphs: cut a longer document into passages and embed each. How
          well it finds: <Link href="/models/embeddings">the model’s card</Link>.
        </p>
      </Section>
      <Section id="pictures" title="Vectors of pictures">
        <div className="grid gap-3">
          <CodeSample label="Pictures to try" variants={[samplePictures(webUrl())]} />
          <CodeSample label="A call" variants={embeddingCalls(api)} />
        </div>
        <p>
          They are what the <Link href="/docs/images">image model</Link> knows of a picture before it names a
          class, scaled to length 1: the nearer the dot product is to 1, the more two look alike. None is
          below 0, since no number of a vector is.
        </p>
        <p>
          They were learnt by telling the 1,000 classes of ImageNet apart. What those classes don’t tell
          apart, such as faces or writing, don’t expect the vectors to. A text and a picture can’t be
          compared, nor can vectors of two models, so a model whose vectors change gets another name.
        </p>
      </Section>
      <Section id="request" title="The request">
        <p>
          <code>POST /v1/embeddings</code>. Texts come as JSON; pictures as JSON, as parts of a form, or one
          as the body itself, as for <Link href="/docs/images#request">images</Link>. A field that is not
          listed is refused with <code>unknown_field</code>.
        </p>
        <FieldTable
          label="Fields of the request"
          fields={[
            [
              'input: texts',
              'string or list of strings',
              `Up to ${count(textsMax)} of ${count(textCharactersMax)} characters, ${count(requestLimits.bodyBytesMax / mebibyte)} MiB together. A text without a character that the model reads is refused.`,
            ],
            [
              'input: pictures',
              'object or list of objects',
              `Each is {"url": …} or {"base64": …}; base64 may be a data: URL. Up to ${picturesMax} of ${count(pictureBytesMax / mebibyte)} MiB, ${count(bodyBytesMax / mebibyte)} MiB together.`,
            ],
            ['image', 'file', 'In a form, once for each picture, instead of input.'],
            [
              'model',
              'string',
              'text-embedding-1 for texts, image-1 for pictures. Left out: the one for what is sent.',
            ],
            [
              'truncate',
              'boolean',
              'With texts: cut those that are longer than the model reads. Left out, they are refused with input_too_long.',
            ],
            [
              'encoding_format',
              '"float" or "base64"',
              'A list of numbers, or the bytes of 32-bit floats, little-endian, in base64: a quarter of the size. Left out: float.',
            ],
            [
              'dimensions',
              'integer',
              '384 of texts, 1280 of pictures, or left out: the vectors have no other length.',
            ],
            ['user', 'string', 'Accepted for clients that send it; neither read nor kept.'],
          ]}
        />
      </Section>
      <Section id="answer" title="The answer">
        <FieldTable
          label="Fields of the answer"
          fields={[
            ['object', '"list"', ''],
            ['data[].object', '"embedding"', ''],
            ['data[].index', 'integer', 'The place of the text or picture in the request.'],
            ['data[].embedding', 'list of numbers or string', 'The vector, as encoding_format asks for it.'],
            ['model', 'string', 'The model that answered.'],
            [
              'usage.prompt_tokens, total_tokens',
              'integer',
              'Tokens that were read, special ones left out. Pictures have none: 0.',
            ],
            ['usage.images', 'integer', 'Pictures that were embedded; not there where texts were.'],
            [
              'usage.units',
              'integer',
              'What counts against the quota: one a token of a text, one a picture.',
            ],
            ['usage.price_micro_usd', 'integer', 'What the call cost, in millionths of a dollar.'],
          ]}
        />
        <p>
          The request’s id stands in the header <code>x-request-id</code>.
        </p>
      </Section>
      <Section id="openai" title="With the clients you have">
        <p>
          OpenAI’s clients ask for base64 and decode it by themselves; the AI SDK asks for numbers. Token ids
          are refused: LangChain’s Python client makes them of texts unless{' '}
          <code>check_embedding_ctx_length=False</code>.
        </p>
        <CodeSample label="Clients" variants={openAiEmbeddingCalls(api)} />
      </Section>
      <Section id="keys" title="Which keys may">
        <p>
          A key that was made before embeddings came may not call them, and is answered with{' '}
          <code>scope_missing</code>. Give it the scope in the console, or make a new one.
        </p>
      </Section>
      <Section id="cost" title="What it costs">
        <p>
          One unit a token of a text: {priceOf('text-embedding')} for a million. One unit a picture, whatever
          its size: {priceOf('image-embedding')} for a million. A text that is too long or a picture that
          can’t be read fails the whole call, which then costs nothing; <code>param</code> names it.{' '}
          <Link href="/pricing">Prices and plans</Link>
        </p>
      </Section>
    </>
  );
}
