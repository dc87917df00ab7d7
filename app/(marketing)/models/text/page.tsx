import type { Metadata } from 'next';
import Link from 'next/link';
import { Scroller } from '../../../_components/scroller.tsx';
import { Slip } from '../../../_components/slip.tsx';
import { count, fixed } from '../../../_format/number.ts';
import { type TextMetrics, textMetrics } from '../../../_measured/text-metrics.ts';
import { PolicyLedger } from '../../../_safety/policy-ledger.tsx';
import { modelCards, safetyPolicy } from '../../../_trpc/server.ts';
import { ModelHero } from '../model-hero.tsx';
import { Part } from '../part.tsx';

export const metadata: Metadata = {
  title: 'The text model',
  description: 'What it writes, how fast, and what it gets wrong.',
};

const megabyte = 1_000_000;
const kinds = { format: 'Format', length: 'Length', language: 'Language', words: 'Words' } as const;
const answerCharacters = 180;

export default async function TextModelPage() {
  const [cards, policy] = await Promise.all([modelCards(), safetyPolicy()]);
  const metrics = textMetrics(cards);
  return (
    <>
      <ModelHero name={metrics?.id ?? 'Text'}>
        Writes English: chat and completions, piece by piece as they come. Small enough to run on one core,
        and weak on facts: this page shows how weak.
      </ModelHero>
      <Part title="The version that answers">
        {metrics ? <Version metrics={metrics} /> : <p>Not measured yet.</p>}
      </Part>
      {metrics && (
        <Part title="Whether it does as it is told">
          <Instructions metrics={metrics} />
        </Part>
      )}
      {metrics && (
        <Part title="What it answers">
          <Examples metrics={metrics} />
        </Part>
      )}
      {metrics && (
        <Part title="How well it foresees a text">
          <Language metrics={metrics} />
        </Part>
      )}
      <Part title="How it is made">
        <p className="text-prose max-w-2xl">
          SmolLM2-135M-Instruct (Loubna Ben Allal and others, Hugging Face; Apache-2.0), trained by its
          authors on two trillion tokens of web text, code and mathematics, then on instructions. Nothing was
          trained here: its weights are written in 4 bits and served by llama.cpp.
        </p>
      </Part>
      <Part title="What it is kept from">
        <div className="grid max-w-2xl gap-4">
          <p className="text-prose">
            The model itself refuses little, and not dependably. Around it stands a policy of whoever runs
            this service, for prompts and answers alike: it knows words, not what is meant by them.
          </p>
          <PolicyLedger policy={policy} />
          <p className="text-prose">
            <Link href="/docs/text#safety">How a call looks then</Link>,{' '}
            <Link href="/acceptable-use">and what is acceptable use</Link>
          </p>
        </div>
      </Part>
      <Part title="What it is not for">
        <p className="text-prose max-w-2xl">
          Medical, legal or financial advice; anything in which a wrong answer does harm before a person has
          read it; passing for a person; writing at people in bulk. A schema makes an answer well-formed, not
          true. <Link href="/docs/text">How to call it</Link>
        </p>
      </Part>
    </>
  );
}

function Version({ metrics }: { metrics: TextMetrics }) {
  const { speed } = metrics;
  return (
    <div className="max-w-md">
      <Slip
        title={metrics.version}
        lines={[
          ['size', `${fixed(metrics.sizeBytes / megabyte, 0)} MB`],
          ['context', `${count(metrics.contextTokens)} tokens`],
          ...speed.streams.map(
            ({ streams, tokensPerS }) =>
              [
                streams === 1 ? 'one answer' : `${streams} answers at once`,
                `${count(tokensPerS)} tokens/s`,
              ] as const,
          ),
          ['first token', `${fixed(speed.firstTokenMs, 0)} ms`],
          ['memory', `${count(speed.residentBytes / megabyte)} MB`],
        ]}
        sum={['again', 'npm run evaluate:text']}
      />
      <p className="text-small text-ink-3 mt-2">Measured on one thread of {speed.processor}.</p>
    </div>
  );
}

function Instructions({ metrics: { instructions } }: { metrics: TextMetrics }) {
  return (
    <Scroller label="Instructions">
      <table className="table max-w-2xl">
        <caption className="text-small text-ink-3 pb-2 text-left">
          {count(instructions.length)} requests whose keeping a program can check, each asked once.
        </caption>
        <thead>
          <tr>
            <th scope="col">About</th>
            <th scope="col">For example</th>
            <th scope="col" className="num">
              Followed
            </th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(kinds).map(([kind, name]) => {
            const asked = instructions.filter((one) => one.kind === kind);
            return (
              <tr key={kind}>
                <th scope="row">{name}</th>
                <td>{asked[0]?.prompt}</td>
                <td className="num whitespace-nowrap">
                  {asked.filter(({ passed }) => passed).length} of {asked.length}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroller>
  );
}

function Examples({ metrics: { examples } }: { metrics: TextMetrics }) {
  const right = examples.filter((example) => example.right).length;
  return (
    <div className="grid max-w-2xl gap-4">
      <p className="text-prose">
        Of {examples.length} questions that have one answer it got {right} right. All of them, as they were
        answered:
      </p>
      <ul className="border-line-2 border-t">
        {examples.map(({ question, answer, right: isRight }) => (
          <li key={question} className="border-line-2 grid gap-1 border-b py-3">
            <p className="flex justify-between gap-4">
              <span>{question}</span>
              <span className={isRight ? 'text-ink-3' : 'font-semibold'}>{isRight ? 'right' : 'wrong'}</span>
            </p>
            <p className="text-ink-2">{shortened(answer)}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Language({ metrics: { language } }: { metrics: TextMetrics }) {
  return (
    <Scroller label="Perplexity">
      <table className="table max-w-2xl">
        <caption className="text-small text-ink-3 pb-2 text-left">
          The first {count(language[0]?.tokens ?? 0)} tokens of each. Perplexity: among how many tokens it
          seemed to choose.
        </caption>
        <thead>
          <tr>
            <th scope="col">Text</th>
            <th scope="col">Weights</th>
            <th scope="col" className="num">
              Perplexity
            </th>
            <th scope="col" className="num">
              Bits a byte
            </th>
          </tr>
        </thead>
        <tbody>
          {language.map(({ text, weights, perplexity, bitsPerByte }) => (
            <tr key={`${text} ${weights}`}>
              <th scope="row">{text}</th>
              <td>{weights}</td>
              <td className="num">{fixed(perplexity, 2)}</td>
              <td className="num">{fixed(bitsPerByte, 3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function shortened(answer: string): string {
  return answer.length > answerCharacters ? `${answer.slice(0, answerCharacters)}…` : answer;
}
