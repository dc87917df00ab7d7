import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl, webUrl } from '#server/api/addresses.ts';
import { prices } from '#server/domain/billing/schema.ts';
import { explanationLimits, imageLimits, outboundLimits } from '#server/domain/rate-limits/schema.ts';
import { CodeSample } from '../../_components/code-sample.tsx';
import { money } from '../../_format/money.ts';
import { count } from '../../_format/number.ts';
import { imageAnswer } from '../../_samples/answers.ts';
import { imageCalls, otherImageCalls, samplePicture } from '../../_samples/image-calls.ts';
import { AnswerSample } from '../answer-sample.tsx';
import { FieldTable } from '../field-table.tsx';
import { Section } from '../section.tsx';

export const metadata: Metadata = { title: 'Images' };

const mebibyte = 1024 * 1024;
const million = 1_000_000;
const { picturesMax, pictureBytesMax, bodyBytesMax, topKMax, topKDefault } = imageLimits;
const { microUsdPerInputUnit } = prices['image-classification'];

export default function ImagesReferencePage() {
  const api = apiUrl();
  return (
    <>
      <h1>Images</h1>
      <p className="lead">
        What a picture shows: the most probable of 1,000 labels, each with its probability. JPEG, PNG, WebP,
        AVIF or GIF.
      </p>
      <div className="grid gap-3">
        <CodeSample label="A picture to try" variants={[samplePicture(webUrl())]} />
        <CodeSample label="A call" variants={imageCalls(api)} />
        <AnswerSample answer={imageAnswer} />
      </div>
      <Section id="request" title="The request">
        <p>
          <code>POST /v1/images/classify</code>. The pictures come as parts of a form, all named{' '}
          <code>image</code>; as JSON; or one picture as the body itself. A field that is not listed is
          refused with <code>unknown_field</code>. What a picture is, its own first bytes say, not its name or
          its declared type.
        </p>
        <FieldTable
          label="Fields of the request"
          fields={[
            [
              'image',
              'file',
              `In a form, once for each picture. Up to ${picturesMax} of ${count(pictureBytesMax / mebibyte)} MiB, ${count(bodyBytesMax / mebibyte)} MiB together.`,
            ],
            [
              'input',
              'object or list of objects',
              'In JSON. Each is {"url": …} or {"base64": …}; base64 may be a data: URL.',
            ],
            ['model', 'string', 'The model’s name. Left out: the current one.'],
            ['top_k', `integer, 1 to ${topKMax}`, `How many labels are named. Left out: ${topKDefault}.`],
            ['abstain_below', 'number, 0 to 1', 'A label less probable than this is answered as null.'],
            [
              'explain',
              'boolean',
              `Say what each part of the picture did for the label, with a heat map. Up to ${explanationLimits.picturesMax} pictures.`,
            ],
          ]}
        />
        <p>
          A picture has up to 50 million pixels, an AVIF up to 12.5 million; one that is turned, or stored in
          passes, may have to be smaller. What has more, is damaged or is of another type is refused with{' '}
          <code>image_unreadable</code>.
        </p>
        <p>Other ways to send pictures:</p>
        <CodeSample label="Other ways" variants={otherImageCalls(api)} />
      </Section>
      <Section id="answer" title="The answer">
        <FieldTable
          label="Fields of the answer"
          fields={[
            ['id', 'string', 'The request’s id, as in x-request-id.'],
            ['object', '"image_classification"', ''],
            ['model', 'string', 'The model that answered.'],
            ['data[].index', 'integer', 'The place of the picture in the request.'],
            [
              'data[].label',
              'string or null',
              'The most probable label. Null: less probable than abstain_below.',
            ],
            ['data[].score', 'number', 'Its probability.'],
            [
              'data[].interval',
              '[number, number] or null',
              'Among answers this confident, on pictures kept out of training, the share that was right: a 90 % interval. Null: not measured.',
            ],
            [
              'data[].scores[].label, score',
              'string, number',
              'The top_k most probable labels, the most probable first.',
            ],
            ['data[].scores[].wordnet_id', 'string or null', 'The label’s synset in WordNet 3.0.'],
            [
              'data[].explanation',
              'object',
              'As /v1/explanations gives it by occlusion, heat map included. Only where explain was asked for.',
            ],
            ['usage.images', 'integer', 'Pictures that were classified.'],
            [
              'usage.units',
              'integer',
              'What counts against the quota: one a picture, and one for each run of an explanation.',
            ],
            ['usage.price_micro_usd', 'integer', 'What the call cost, in millionths of a dollar.'],
          ]}
        />
      </Section>
      <p>
        How well it does, and on what: <Link href="/models/images">the model’s card</Link>.
      </p>
      <p>
        Which parts of a picture speak for a label, and which against it, says{' '}
        <Link href="/docs/explanations#pictures">an explanation</Link>: beside the answer where{' '}
        <code>explain</code> is sent, for what a call of its own costs; by itself for another grid, method or
        label.
      </p>
      <Section id="urls" title="Pictures by URL">
        <p>
          A URL of up to {count(outboundLimits.urlCharactersMax)} characters is fetched once the call is
          admitted: over http or https, ports 80 and 443, from public addresses only, with up to{' '}
          {outboundLimits.redirectsMax} redirects, within {outboundLimits.timeoutMs / 1_000} s for all of a
          call. It must need no sign-in. Nothing of yours is sent along. What can’t be fetched is refused with{' '}
          <code>url_not_fetched</code>, and nothing is charged.
        </p>
      </Section>
      <Section id="cost" title="What it costs">
        <p>
          One unit a picture, whatever its size: {money(microUsdPerInputUnit * million)} for a million. A
          picture that can’t be read fails the whole call, which then costs nothing; <code>param</code> names
          it. <Link href="/pricing">Prices and plans</Link>
        </p>
      </Section>
      <Section id="animated" title="Animated and turned pictures">
        <p>Of an animation, its first frame is read. A camera’s note of how it was held is heeded.</p>
      </Section>
    </>
  );
}
