import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl, webUrl } from '#server/api/addresses.ts';
import { prices } from '#server/domain/billing/schema.ts';
import { explanationRuns } from '#server/domain/explanations/schema.ts';
import { explanationLimits, textModelLimits } from '#server/domain/rate-limits/schema.ts';
import { CodeSample } from '../../_components/code-sample.tsx';
import { money } from '../../_format/money.ts';
import { count } from '../../_format/number.ts';
import { explanationCalls, pictureExplanationCalls } from '../../_samples/explanation-calls.ts';
import { samplePicture } from '../../_samples/image-calls.ts';
import { FieldTable } from '../field-table.tsx';
import { Section } from '../section.tsx';

export const metadata: Metadata = { title: 'Explanations' };

const { textCharactersMax, unitsMax, samplesMax, samplesDefault } = explanationLimits;
const { gridMin, gridMax, gridDefault, heatMapSideMax } = explanationLimits;
const occlusionRuns = explanationRuns('occlusion', gridDefault ** 2);
const gradCamRuns = explanationRuns('grad-cam', gridDefault ** 2);
const unitMicroUsd = prices['image-classification'].microUsdPerInputUnit;

export default function ExplanationsReferencePage() {
  return (
    <>
      <h1>Explanations</h1>
      <p className="lead">
        What each word of a text, or each part of a picture, did for its label: by taking it out, and seeing
        what the model says then.
      </p>
      <CodeSample label="A call" variants={explanationCalls(apiUrl())} />
      <Section id="request" title="The request">
        <p>
          <code>POST /v1/explanations</code>, a JSON object. A picture may come as a form too: a part named{' '}
          <code>image</code>, and the other fields beside it.
        </p>
        <FieldTable
          label="Fields of the request"
          fields={[
            [
              'input',
              'string or object',
              `Required. One text of up to ${count(textCharactersMax)} characters and ${textModelLimits.tokensMax} tokens; or one picture, {"url": …} or {"base64": …} as for /v1/images/classify.`,
            ],
            [
              'method',
              '"occlusion", "lime" or "shap"',
              'Left out: occlusion. Of a picture "grad-cam" as well.',
            ],
            [
              'label',
              'string',
              'The label to explain; of a picture, its WordNet id does as well. Left out: the most probable one.',
            ],
            [
              'grid',
              `integer, ${gridMin} to ${gridMax}`,
              `Of a picture: cells on a side. Left out: ${gridDefault}.`,
            ],
            [
              'samples',
              `integer, 2 to ${samplesMax}`,
              `Most runs that lime and shap try; ${samplesDefault} when left out. At least twice the words or cells.`,
            ],
            ['seed', 'integer', 'The same seed gives the same values. Left out: 0.'],
            ['model', 'string', 'The model’s name. Left out: the current one.'],
          ]}
        />
      </Section>
      <Section id="methods" title="The methods">
        <FieldTable
          label="Methods"
          fields={[
            [
              'occlusion',
              'a run a word or cell',
              'What the score loses without it. Cheap; blind to what only works together.',
            ],
            [
              'shap',
              'as many runs as samples',
              `Shapley values (Kernel SHAP). They add up to score less base_score. Exact up to 8 words with ${samplesDefault} samples.`,
            ],
            [
              'lime',
              'as many runs as samples',
              'A linear model of the score around the input. Good for an order; its values add up to nothing.',
            ],
            [
              'grad-cam',
              'the whole, and the faithfulness',
              'Of pictures alone: what each place of the model’s last features does for the label, in logits, none below 0. As coarse as those: 7 by 7.',
            ],
          ]}
        />
        <p>
          A value says what the model did, not what is true. Attention is not among the methods: which words a
          model looks at is no explanation of what it answers.
        </p>
      </Section>
      <Section id="answer" title="The answer">
        <FieldTable
          label="Fields of the answer"
          fields={[
            ['label, score', 'string, number', 'What is explained, and its score for the whole input.'],
            ['base_score', 'number', 'Its score for the empty text, or with every cell taken out.'],
            [
              'data[].text, start, end',
              'string, integers',
              `A word and its place. In a text of more than ${unitsMax} words neighbours stand together.`,
            ],
            [
              'data[].value',
              'number',
              'What the word or cell does for the score; below 0: against it. By grad-cam: for the logit.',
            ],
            [
              'faithfulness.deletion_area',
              'number',
              'The mean score while the most important parts are taken out first. Lower is better.',
            ],
            [
              'faithfulness.insertion_area',
              'number',
              'The mean score while they are put in first. Higher is better.',
            ],
            ['runs', 'integer', 'How often the model ran.'],
            ['usage', 'object', 'As for sentiment or images.'],
          ]}
        />
      </Section>
      <Section id="pictures" title="Pictures">
        <p>
          A grid lies on what the model sees: the square in the middle of the picture whose side is 7/8 of the
          shorter one. What is around it has no value, for the model never sees it. A cell that is taken out
          gets the mean colour of that square.
        </p>
        <div className="grid gap-3">
          <CodeSample label="A picture to try" variants={[samplePicture(webUrl())]} />
          <CodeSample label="A call with a picture" variants={pictureExplanationCalls(apiUrl())} />
        </div>
        <FieldTable
          label="Fields of the answer for a picture"
          fields={[
            ['wordnet_id', 'string or null', 'Of the label.'],
            [
              'picture.width, height',
              'integers',
              'In pixels, turned as its EXIF says. All places refer to it.',
            ],
            ['grid', 'integer', 'Rows, and as many columns.'],
            ['data[].row, column', 'integers', 'From 0, above and left first.'],
            [
              'data[].left, top, width, height',
              'numbers',
              'Where the cell lies in the picture, in its pixels.',
            ],
            [
              'heat_map.base64',
              'string',
              `A PNG with alpha of the picture’s aspect, its longer side ${heatMapSideMax}: petrol for the label, orange against it, clear where there is no value. Lay it over the picture; it shows best on a grey one.`,
            ],
            ['heat_map.full_value', 'number', 'The value that has the strongest colour.'],
          ]}
        />
      </Section>
      <Section id="cost" title="What it costs">
        <p>
          A text: the tokens that were read in all runs, at the price of{' '}
          <Link href="/docs/sentiment">sentiment</Link>. A picture: a unit a run, at the price of{' '}
          <Link href="/docs/images">images</Link>; with {gridDefault} by {gridDefault} cells occlusion takes{' '}
          {occlusionRuns} runs, {money(occlusionRuns * unitMicroUsd)}, and grad-cam {gradCamRuns},{' '}
          {money(gradCamRuns * unitMicroUsd)}. The most that it can cost is held before the first run; what
          was not used is given back. A failure on our side costs nothing.
        </p>
      </Section>
    </>
  );
}
