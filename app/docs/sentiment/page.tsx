import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl } from '#server/api/addresses.ts';
import { explanationLimits, requestLimits, textModelLimits } from '#server/domain/rate-limits/schema.ts';
import { CodeSample } from '../../_components/code-sample.tsx';
import { count } from '../../_format/number.ts';
import { firstAnswer } from '../../_samples/answers.ts';
import { firstCalls } from '../../_samples/first-calls.ts';
import { AnswerSample } from '../answer-sample.tsx';
import { FieldTable } from '../field-table.tsx';
import { Section } from '../section.tsx';

export const metadata: Metadata = { title: 'Sentiment' };

const { textsMax, textCharactersMax } = explanationLimits;

export default function SentimentReferencePage() {
  return (
    <>
      <h1>Sentiment</h1>
      <p className="lead">
        Negative, neutral or positive, with a calibrated probability and how far to trust it. English.
      </p>
      <div className="grid gap-3">
        <CodeSample label="A call" variants={firstCalls(apiUrl())} />
        <AnswerSample answer={firstAnswer} />
      </div>
      <Section id="request" title="The request">
        <p>
          <code>POST /v1/sentiment</code>, a JSON object. A field that is not listed is refused with{' '}
          <code>unknown_field</code>.
        </p>
        <FieldTable
          label="Fields of the request"
          fields={[
            [
              'input',
              'string or list of strings',
              `Required. Up to ${count(requestLimits.textsMax)} texts of ${count(requestLimits.textCharactersMax)} characters each, of which the model reads ${textModelLimits.tokensMax} tokens (some 350 words). A text without a character that it reads is refused.`,
            ],
            ['model', 'string', 'The model’s name. Left out: the current one.'],
            [
              'truncate',
              'boolean',
              'Cut a text that is longer than the model reads, and say so, instead of refusing it with 422.',
            ],
            ['abstain_below', 'number, 0 to 1', 'A label less probable than this is answered as null.'],
            [
              'explain',
              'boolean',
              `Say what each word did for the label. Up to ${textsMax} texts of ${count(textCharactersMax)} characters.`,
            ],
            ['store', 'false', 'No text is kept, whether this is sent or not.'],
          ]}
        />
      </Section>
      <Section id="answer" title="The answer">
        <FieldTable
          label="Fields of the answer"
          fields={[
            ['id', 'string', 'The request’s id, as in x-request-id.'],
            ['object', '"sentiment"', ''],
            ['model', 'string', 'The model that answered.'],
            ['data[].index', 'integer', 'The place of the text in input.'],
            [
              'data[].label',
              'string or null',
              'negative, neutral, positive. Null: less probable than abstain_below.',
            ],
            ['data[].score', 'number', 'The probability of the most probable label.'],
            [
              'data[].interval',
              '[number, number]',
              'Among answers this confident, on rows kept out of training, the share that was right: a 90 % interval.',
            ],
            ['data[].scores', 'object', 'The probability of each label. They add up to 1.'],
            ['data[].truncated', 'boolean', 'Whether the text was cut. Only where truncate was asked for.'],
            [
              'data[].explanation',
              'object',
              'As /v1/explanations gives it by occlusion: method, label, base_score, data, faithfulness, runs. Only where explain was asked for.',
            ],
            ['usage.input_tokens', 'integer', 'Tokens that were read, without those that the model adds.'],
            ['usage.units', 'integer', 'What counts against the quota: one a token.'],
            ['usage.price_micro_usd', 'integer', 'What the call cost, in millionths of a dollar.'],
          ]}
        />
      </Section>
      <Section id="why" title="Why a label">
        <p>
          <code>explain</code> costs what a call of <Link href="/docs/explanations">/v1/explanations</Link>{' '}
          costs for each text, besides. That path has other methods, and other labels than the most probable
          one.
        </p>
      </Section>
      <Section id="confidence" title="Score and interval">
        <p>
          <code>score</code> is what the model says, after calibration. <code>interval</code> is what was
          found when answers with that score were checked. Decide by the interval’s lower end when a wrong
          answer is dear, or set <code>abstain_below</code> and hand the rest to a person.
        </p>
        <p>
          How well it does, and on what: <Link href="/models/sentiment">the model’s card</Link>.
        </p>
      </Section>
      <Section id="models" title="The models">
        <p>
          <code>GET /v1/models</code> lists the models that the key may call, in OpenAI’s shape;{' '}
          <code>GET /v1/models/sentiment-1</code> is one of them. <code>card</code> is where each one’s
          figures are.
        </p>
      </Section>
    </>
  );
}
