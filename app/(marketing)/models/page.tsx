import type { Metadata } from 'next';
import Link from 'next/link';
import { embeddingMetrics } from '../../_measured/embedding-metrics.ts';
import { imageMetrics } from '../../_measured/image-metrics.ts';
import { sentimentMetrics } from '../../_measured/measured-figures.ts';
import { textMetrics } from '../../_measured/text-metrics.ts';
import { modelCards } from '../../_trpc/server.ts';
import { ModelHero } from './model-hero.tsx';

export const metadata: Metadata = {
  title: 'Models',
  description: 'What can be called, and what was measured of it.',
};

export default async function ModelsPage() {
  const cards = await modelCards();
  const models = [
    {
      href: '/models/sentiment',
      name: sentimentMetrics(cards)?.id ?? 'Sentiment',
      does: 'Negative, neutral or positive, of English texts, with a calibrated probability.',
    },
    {
      href: '/models/images',
      name: imageMetrics(cards)?.id ?? 'Images',
      does: 'Which of a thousand things a picture shows, and 1,280 numbers to compare pictures by.',
    },
    {
      href: '/models/text',
      name: textMetrics(cards)?.id ?? 'Text',
      does: 'Writes English: chat and completions, in pieces as they come, held to a schema where you give one.',
    },
    {
      href: '/models/embeddings',
      name: embeddingMetrics(cards)?.id ?? 'Embeddings',
      does: '384 numbers of an English text, to search and compare texts by their meaning.',
    },
  ];
  return (
    <>
      <ModelHero name="Models">
        Each has a card: what it does, how well, on which data, and where it fails.
      </ModelHero>
      <section className="plain">
        <h2>What can be called</h2>
        <div>
          <ul className="border-line-2 max-w-2xl border-t">
            {models.map(({ href, name, does }) => (
              <li key={href} className="border-line-2 grid gap-1 border-b py-4">
                <Link href={href} className="text-prose">
                  <code>{name}</code>
                </Link>
                <p className="text-ink-2">{does}</p>
              </li>
            ))}
          </ul>
          <p className="text-ink-2 mt-4 max-w-2xl">
            The text model is also served adapted to single tasks, each under a name of its own:{' '}
            <Link href="/docs/text#adapted">adapted models</Link>.
          </p>
        </div>
      </section>
    </>
  );
}
