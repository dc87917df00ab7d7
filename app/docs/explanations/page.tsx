import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl } from '#server/api/addresses.ts';
import { explanationLimits } from '#server/domain/rate-limits/schema.ts';
import { CodeSample } from '../../_components/code-sample.tsx';
import { count } from '../../_format/number.ts';
import { explanationCalls } from '../../_samples/explanation-calls.ts';
import { FieldTable } from '../field-table.tsx';
import { Section } from '../section.tsx';

export const metadata: Metadata = { title: 'Explanations' };

const { textCharactersMax, unitsMax, samplesMax, samplesDefault } = explanationLimits;

export default function ExplanationsReferencePage() {
  return (
    <>
      <h1>Explanations</h1>
      <p className="lead">
        What each word of a text did for its label: by leaving words out, and seeing what the model says then.
      </p>
      <CodeSample label="A call" variants={explanationCalls(apiUrl())} />
      <Section id="request" title="The request">
        <p>
          <code>POST /v1/explanations</code>, a JSON object.
        </p>
        <FieldTable
          label="Fields of the request"
          fields={[
            ['input', 'string', `Required. One text of up to ${count(textCharactersMax)} characters.`],
            ['method', '"occlusion", "lime" or "shap"', 'Left out: occlusion.'],
            ['label', 'string', 'The label to explain. Left out: the most probable one.'],
            [
              'samples',
              `integer, 2 to ${samplesMax}`,
              `Most texts that lime and shap try; ${samplesDefault} when left out. At least twice the words.`,
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
              'a run a word',
              'What the score loses without the word. Cheap; blind to words that only work together.',
            ],
            [
              'shap',
              'as many runs as samples',
              'Shapley values (Kernel SHAP). They add up to score less base_score. Up to 8 words exact.',
            ],
            [
              'lime',
              'as many runs as samples',
              'A linear model of the score around the text. Good for an order; its values add up to nothing.',
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
            ['label, score', 'string, number', 'What is explained, and its score for the whole text.'],
            ['base_score', 'number', 'Its score for the empty text.'],
            [
              'data[].text, start, end',
              'string, integers',
              `A word and its place. In a text of more than ${unitsMax} words neighbours stand together.`,
            ],
            ['data[].value', 'number', 'What the word does for the score; below 0: against it.'],
            [
              'faithfulness.deletion_area',
              'number',
              'The mean score while the most important words are taken out first. Lower is better.',
            ],
            [
              'faithfulness.insertion_area',
              'number',
              'The mean score while they are put in first. Higher is better.',
            ],
            ['runs', 'integer', 'How often the model ran.'],
            ['usage', 'object', 'As for sentiment.'],
          ]}
        />
      </Section>
      <Section id="cost" title="What it costs">
        <p>
          The tokens that were read in all runs, at the price of <Link href="/docs/sentiment">sentiment</Link>
          . The most that it can cost is held before the first run; what was not used is given back. A failure
          on our side costs nothing.
        </p>
      </Section>
    </>
  );
}
