import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl, webUrl } from '#server/api/addresses.ts';
import { prices } from '#server/domain/billing/schema.ts';
import { imageLimits } from '#server/domain/rate-limits/schema.ts';
import { CodeSample } from '../../_components/code-sample.tsx';
import { money } from '../../_format/money.ts';
import { count } from '../../_format/number.ts';
import { embeddingCalls, openAiEmbeddingCalls, samplePictures } from '../../_samples/embedding-calls.ts';
import { FieldTable } from '../field-table.tsx';
import { Section } from '../section.tsx';

export const metadata: Metadata = { title: 'Embeddings' };

const mebibyte = 1024 * 1024;
const million = 1_000_000;
const { picturesMax, pictureBytesMax, bodyBytesMax } = imageLimits;
const { microUsdPerInputUnit } = prices['image-embedding'];

export default function EmbeddingsReferencePage() {
  const api = apiUrl();
  return (
    <>
      <h1>Embeddings</h1>
      <p className="lead">
        A picture as a vector of 1,280 numbers, to search, group and compare pictures by. The shape is that of
        the OpenAI API.
      </p>
      <div className="grid gap-3">
        <CodeSample label="Pictures to try" variants={[samplePictures(webUrl())]} />
        <CodeSample label="A call" variants={embeddingCalls(api)} />
      </div>
      <Section id="vectors" title="The vectors">
        <p>
          They are what the <Link href="/docs/images">image model</Link> knows of a picture before it names a
          class, scaled to length 1. So the dot product of two is their cosine: 1 for the same picture, and
          the nearer to 1, the more two look alike. None is below 0, since no number of a vector is.
        </p>
        <p>
          They were learnt by telling the 1,000 classes of ImageNet apart. What those classes don’t tell
          apart, such as faces or writing, don’t expect the vectors to. Vectors of two models can’t be
          compared, so a model whose vectors change gets another name.
        </p>
      </Section>
      <Section id="request" title="The request">
        <p>
          <code>POST /v1/embeddings</code>. The pictures come as JSON, as parts of a form, or one as the body
          itself, as for <Link href="/docs/images#request">images</Link>. A field that is not listed is
          refused with <code>unknown_field</code>.
        </p>
        <FieldTable
          label="Fields of the request"
          fields={[
            [
              'input',
              'object or list of objects',
              `In JSON. Each is {"url": …} or {"base64": …}; base64 may be a data: URL. Up to ${picturesMax} of ${count(pictureBytesMax / mebibyte)} MiB, ${count(bodyBytesMax / mebibyte)} MiB together.`,
            ],
            ['image', 'file', 'In a form, once for each picture, instead of input.'],
            ['model', 'string', 'The model’s name. Left out: the current one.'],
            [
              'encoding_format',
              '"float" or "base64"',
              'A list of numbers, or the bytes of 32-bit floats, little-endian, in base64: a quarter of the size. Left out: float.',
            ],
            ['dimensions', 'integer', '1280, or left out: the vectors have no other length.'],
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
            ['data[].index', 'integer', 'The place of the picture in the request.'],
            ['data[].embedding', 'list of numbers or string', 'The vector, as encoding_format asks for it.'],
            ['model', 'string', 'The model that answered.'],
            ['usage.images', 'integer', 'Pictures that were embedded.'],
            ['usage.units', 'integer', 'What counts against the quota: one a picture.'],
            ['usage.price_micro_usd', 'integer', 'What the call cost, in millionths of a dollar.'],
            ['usage.prompt_tokens, total_tokens', 'integer', '0: pictures have no tokens.'],
          ]}
        />
        <p>
          The request’s id stands in the header <code>x-request-id</code>.
        </p>
      </Section>
      <Section id="openai" title="With OpenAI’s clients">
        <p>
          They ask for base64 and decode it by themselves. Texts and token ids are refused: this model takes
          pictures alone. LangChain’s Python client makes token ids of whatever it is given unless{' '}
          <code>check_embedding_ctx_length=False</code>.
        </p>
        <CodeSample label="OpenAI’s clients" variants={openAiEmbeddingCalls(api)} />
      </Section>
      <Section id="keys" title="Which keys may">
        <p>
          A key that was made before embeddings came may not call them, and is answered with{' '}
          <code>scope_missing</code>. Give it the scope in the console, or make a new one.
        </p>
      </Section>
      <Section id="cost" title="What it costs">
        <p>
          One unit a picture, whatever its size: {money(microUsdPerInputUnit * million)} for a million. A
          picture that can’t be read fails the whole call, which then costs nothing; <code>param</code> names
          it. <Link href="/pricing">Prices and plans</Link>
        </p>
      </Section>
    </>
  );
}
