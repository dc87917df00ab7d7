import type { Metadata } from 'next';
import Link from 'next/link';
import { textModelLimits } from '#server/domain/rate-limits/schema.ts';
import { Scroller } from '../../../_components/scroller.tsx';
import { Slip } from '../../../_components/slip.tsx';
import { count, fixed, percent } from '../../../_format/number.ts';
import { type EmbeddingMetrics, embeddingMetrics } from '../../../_measured/embedding-metrics.ts';
import { modelCards } from '../../../_trpc/server.ts';
import { ModelHero } from '../model-hero.tsx';
import { Part } from '../part.tsx';

export const metadata: Metadata = {
  title: 'The sentence encoder',
  description: 'What it finds, against words alone, and what its 8 bits cost.',
};

const megabyte = 1_000_000;
const digestCharacters = 8;
const storedIn = { float32: '32 bits', int8: '8 bits, served' } as const;
const searchedBy = {
  bm25: 'words alone (BM25)',
  float32: 'vectors, 32 bits',
  int8: 'vectors, 8 bits, served',
} as const;

export default async function EmbeddingModelPage() {
  const metrics = embeddingMetrics(await modelCards());
  return (
    <>
      <ModelHero name={metrics?.id ?? 'Embeddings'}>
        A text in, 384 numbers out: texts that mean the same are near to each other, also where they share no
        word.
      </ModelHero>
      <Part title="The version that answers">
        {metrics ? <Version metrics={metrics} /> : <p>Not measured yet.</p>}
      </Part>
      {metrics && (
        <Part title="What it finds">
          <Retrieval metrics={metrics} />
        </Part>
      )}
      {metrics && (
        <Part title="What 8 bits cost">
          <Sizes metrics={metrics} />
        </Part>
      )}
      <Part title="How it is made">
        <p className="text-prose max-w-2xl">
          all-MiniLM-L6-v2 (Nils Reimers and others, sentence-transformers; Apache-2.0): six layers of 384,
          trained by its authors on a billion pairs of sentences that belong together. Nothing was trained
          here: its weights are written in 8 bits, held against the original’s outputs, and served by ONNX
          Runtime.
        </p>
      </Part>
      <Part title="Where it fails">
        <ul className="text-prose grid max-w-2xl list-[square] gap-2 pl-5">
          <li>English. Other languages are split into pieces that it hardly knows.</li>
          <li>
            It sees what a text is about more than what it says of it: “it works” and “it does not work” are
            near to each other.
          </li>
          <li>Names, numbers and part numbers: where those decide, search by words as well.</li>
          <li>
            It was trained on texts of up to 128 tokens. Of longer ones it reads up to{' '}
            {textModelLimits.tokensMax}; one vector for several matters is near to none of them.
          </li>
        </ul>
      </Part>
      <Part title="What it is not for">
        <p className="text-prose max-w-2xl">
          Deciding about people by what their texts are near to; telling whether something is true; hiding a
          text, since much of it can be guessed from its vector.{' '}
          <Link href="/docs/embeddings">How to call it</Link>
        </p>
      </Part>
    </>
  );
}

function Version({ metrics }: { metrics: EmbeddingMetrics }) {
  const { latency } = metrics;
  return (
    <div className="max-w-md">
      <Slip
        title={metrics.version}
        reference={metrics.digest.slice(0, digestCharacters)}
        lines={[
          ['dimensions', count(metrics.dimensions)],
          ['context', `${count(metrics.contextTokens)} tokens`],
          ['size', `${fixed(metrics.sizeBytes / megabyte, 1)} MB`],
          [`${count(latency.tokens)} tokens, 1 thread`, `${fixed(latency.cpuMs, 1)} ms`],
        ]}
        sum={['again', 'npm run evaluate:embedding']}
      />
      <p className="text-small text-ink-3 mt-2">
        Processor time of a text, measured on {latency.processor} beside other work, tokenising included.
      </p>
    </div>
  );
}

function Retrieval({ metrics: { retrieval } }: { metrics: EmbeddingMetrics }) {
  return (
    <Scroller label="What it finds">
      <table className="table max-w-2xl">
        <caption className="text-small text-ink-3 pb-2 text-left">
          Which passage goes on where a given one ends, of passages of 90 novels: of the short ones four from
          each, of the long ones one, so that there the names decide much, which words alone find. Share in
          which the right one is the nearest, and among the ten nearest, with 95 % intervals.
        </caption>
        <thead>
          <tr>
            <th scope="col">Passages</th>
            <th scope="col">Searched by</th>
            <th scope="col" className="num">
              Nearest, %
            </th>
            <th scope="col" className="num">
              Among ten, %
            </th>
          </tr>
        </thead>
        <tbody>
          {retrieval.map(({ words, passages, by, first, amongTen }) => (
            <tr key={`${words} ${by}`}>
              <td className="whitespace-nowrap">
                {count(passages)} of {words} words
              </td>
              <th scope="row">{searchedBy[by]}</th>
              <td className="num whitespace-nowrap">{share(first)}</td>
              <td className="num whitespace-nowrap">{share(amongTen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function Sizes({ metrics: { ladder } }: { metrics: EmbeddingMetrics }) {
  const texts = ladder.find(({ agreement }) => agreement)?.agreement?.texts ?? 0;
  return (
    <Scroller label="What 8 bits cost">
      <table className="table max-w-2xl">
        <caption className="text-small text-ink-3 pb-2 text-left">
          The same weights, against 32 bits, over {count(texts)} texts: the cosine of a text’s two vectors (on
          average, and of the one in a thousand that fares worst), the rank correlation of the cosines of
          pairs, and how many of the ten nearest stay.
        </caption>
        <thead>
          <tr>
            <th scope="col">Stored in</th>
            {['MB', 'ms a text', 'Cosine', 'Worst', 'Ranks', 'Nearest'].map((name) => (
              <th key={name} scope="col" className="num">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ladder.map(({ precision, sizeBytes, cpuMs, agreement }) => (
            <tr key={precision}>
              <th scope="row" className="whitespace-nowrap">
                {storedIn[precision]}
              </th>
              <td className="num">{fixed(sizeBytes / megabyte, 1)}</td>
              <td className="num">{fixed(cpuMs, 1)}</td>
              <td className="num">{fixed(agreement?.cosine ?? 1, 4)}</td>
              <td className="num">{fixed(agreement?.cosineOfWorst ?? 1, 4)}</td>
              <td className="num">{fixed(agreement?.rankCorrelation ?? 1, 4)}</td>
              <td className="num whitespace-nowrap">{percent(agreement?.neighbours ?? 1, 1)} %</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function share({ value, low, high }: EmbeddingMetrics['retrieval'][number]['first']): string {
  return `${percent(value, 1)} (${percent(low, 1)} to ${percent(high, 1)})`;
}
