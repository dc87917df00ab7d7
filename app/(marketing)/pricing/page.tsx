import type { Metadata } from 'next';
import Link from 'next/link';
import { plans, prices } from '#server/domain/billing/schema.ts';
import { brand } from '#server/domain/brand/brand.ts';
import { Scroller } from '../../_components/scroller.tsx';
import { money } from '../../_format/money.ts';
import { count } from '../../_format/number.ts';

export const metadata: Metadata = { title: 'Pricing', description: 'Plans, quotas and the price of a unit.' };

const million = 1_000_000;

const taskNames = {
  sentiment: 'Sentiment',
  'text-generation': 'Text',
  'image-classification': 'Images',
  'image-embedding': 'Embeddings of images',
  'text-embedding': 'Embeddings of texts',
} as const satisfies Record<keyof typeof prices, string>;

/** A task that writes has a second price. */
const pricedUnits = Object.entries(prices).flatMap(
  ([id, { unit, microUsdPerInputUnit, microUsdPerOutputUnit }]) => {
    const task = taskNames[id as keyof typeof prices];
    return [
      { task, unit: `one ${unit} read`, microUsd: microUsdPerInputUnit },
      { task, unit: `one ${unit} written`, microUsd: microUsdPerOutputUnit },
    ].filter(({ microUsd }) => microUsd > 0);
  },
);

export default function PricingPage() {
  const rows = Object.entries(plans);
  return (
    <>
      <section className="hero !pb-9">
        <h1 className="!text-[2.625rem] !leading-[2.75rem]">Pricing</h1>
        <p className="say">
          One unit is one token that a model read or wrote, or one picture that it read. Every call says how
          many it took and what they cost, to the micro-dollar.
        </p>
      </section>

      <section className="plain border-t-line-2 border-t">
        <h2>Plans</h2>
        <div>
          <Scroller label="The plans">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Plan</th>
                  <th scope="col" className="num">
                    A month
                  </th>
                  <th scope="col" className="num">
                    Units a month
                  </th>
                  <th scope="col" className="num">
                    Calls a minute
                  </th>
                  <th scope="col" className="num">
                    Units a minute
                  </th>
                  <th scope="col" className="num">
                    At once
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map(([id, plan]) => (
                  <tr key={id}>
                    <th scope="row">{plan.name}</th>
                    <td className="num">{money(plan.priceMicroUsdPerMonth)}</td>
                    <td className="num">{count(plan.quotaUnits)}</td>
                    <td className="num">{count(plan.requestsPerMinute)}</td>
                    <td className="num">{count(plan.unitsPerMinute)}</td>
                    <td className="num">{count(plan.concurrencyMax)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroller>
          <p className="text-ink-2 mt-4 max-w-2xl">
            The units a month are a hard stop: at the last one, calls are refused with{' '}
            <code>insufficient_quota</code>, and nothing is charged beyond it. They begin anew on the first of
            each month, UTC. Every account starts on {plans.free.name}. No payment is taken yet: to change the
            plan, write to <a href={`mailto:${brand.supportEmail}`}>{brand.supportEmail}</a>.
          </p>
        </div>
      </section>

      <section className="plain">
        <h2>Price of a unit</h2>
        <div>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Task</th>
                <th scope="col">Unit</th>
                <th scope="col" className="num">
                  Per million
                </th>
              </tr>
            </thead>
            <tbody>
              {pricedUnits.map(({ task, unit, microUsd }) => (
                <tr key={`${task} ${unit}`}>
                  <th scope="row">{task}</th>
                  <td>{unit}</td>
                  <td className="num">{money(microUsd * million)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <ul className="text-ink-2 mt-4 grid max-w-2xl gap-1">
            <li>A call that fails on our side is not charged.</li>
            <li>
              A call that is refused (a wrong key, a text too long, a broken picture, a limit) is not charged.
            </li>
            <li>
              Special tokens that the model adds to a text are not counted; those of a conversation’s
              template, which say who speaks, are.
            </li>
            <li>
              A text that the caller stops, or hangs up on, is charged for what was read and written until
              then.
            </li>
          </ul>
          <p className="mt-6">
            <Link className="btn primary big" href="/sign-up">
              Get a key
            </Link>
          </p>
        </div>
      </section>
    </>
  );
}
