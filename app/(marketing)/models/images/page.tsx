import type { Metadata } from 'next';
import Link from 'next/link';
import { Scroller } from '../../../_components/scroller.tsx';
import { Slip } from '../../../_components/slip.tsx';
import { count, fixed, percent } from '../../../_format/number.ts';
import { type ImageMetrics, imageMetrics } from '../../../_measured/image-metrics.ts';
import { modelCards } from '../../../_trpc/server.ts';
import { ModelHero } from '../model-hero.tsx';
import { Part } from '../part.tsx';

export const metadata: Metadata = {
  title: 'The image model',
  description: 'What it sees, how steadily, and where it fails.',
};

const megabyte = 1_000_000;
const digestCharacters = 8;
const storedIn = { float32: '32 bits', float16: '16 bits, served', int8: '8 bits' } as const;

export default async function ImageModelPage() {
  const metrics = imageMetrics(await modelCards());
  return (
    <>
      <ModelHero name={metrics?.id ?? 'Images'}>
        A picture in; the most probable of a thousand classes of ImageNet out, or 1,280 numbers to compare
        pictures by.
      </ModelHero>
      <Part title="How well it does">
        <p className="text-prose max-w-2xl">
          Its authors publish 75.1 % (first class, ImageNet’s validation pictures). There are no labelled
          pictures of its classes here, so that figure was not measured again, and its scores are not
          calibrated: the answer’s <code>interval</code> is null.
        </p>
      </Part>
      <Part title="The version that answers">
        {metrics ? <Version metrics={metrics} /> : <p>Not measured yet.</p>}
      </Part>
      {metrics && metrics.transfer.length > 0 && (
        <Part title="Classes of your own">
          <Transfer metrics={metrics} />
        </Part>
      )}
      {metrics && (
        <Part title="Smaller and larger">
          <Sizes metrics={metrics} />
        </Part>
      )}
      {metrics && (
        <Part title="What moves it that should not">
          <Changes metrics={metrics} />
        </Part>
      )}
      <Part title="How it is made">
        <p className="text-prose max-w-2xl">
          EfficientNet-Lite0 (Mingxing Tan and Quoc V. Le, Google; Apache-2.0), 4.7 million weights, trained
          by its authors on ImageNet. Nothing was trained here: the weights are written in 16 bits, held
          against the original’s outputs, and served by ONNX Runtime.
        </p>
      </Part>
      <Part title="Where it fails">
        <ul className="text-prose grid max-w-2xl list-[square] gap-2 pl-5">
          <li>
            It knows its thousand classes and no others: 120 are breeds of dogs, next to none are people,
            streets or documents. Anything else gets one of the thousand all the same.
          </li>
          <li>One label a picture, of what fills its middle square.</li>
          <li>Its pictures are of the web of 2010, most of them from North America and Europe.</li>
          <li>Small, blurred and strongly compressed pictures move it most (above).</li>
        </ul>
      </Part>
      <Part title="What it is not for">
        <p className="text-prose max-w-2xl">
          Anything about people (who they are, how they look, feel or behave), medical pictures, and decisions
          in which a wrong label does harm. <Link href="/docs/images">How to call it</Link>
        </p>
      </Part>
    </>
  );
}

function Version({ metrics }: { metrics: ImageMetrics }) {
  const { floatAgreement, floatAgreementRows, latency } = metrics;
  return (
    <div className="max-w-md">
      <Slip
        title={metrics.version}
        reference={metrics.digest.slice(0, digestCharacters)}
        lines={[
          ['classes', count(metrics.classes)],
          ['size', `${fixed(metrics.sizeBytes / megabyte, 1)} MB`],
          [
            'against 32-bit floats',
            `${percent(floatAgreement.value, 1)} % same class of ${count(floatAgreementRows)}`,
          ],
          ['a photograph, 1 thread', `${fixed(latency.p50Ms, 1)} ms, median`],
        ]}
        sum={['again', 'npm run evaluate:images']}
      />
      <p className="text-small text-ink-3 mt-2">Time measured on {latency.processor}, decoding included.</p>
    </div>
  );
}

function Transfer({ metrics }: { metrics: ImageMetrics }) {
  return (
    <Scroller label="Classes of your own">
      <table className="table max-w-2xl">
        <caption className="text-small text-ink-3 pb-2 text-left">
          A linear layer on its 1,280 features, the model left as it is. Accuracy on test pictures.
        </caption>
        <thead>
          <tr>
            <th scope="col">Data</th>
            <th scope="col" className="num">
              Pictures a class
            </th>
            <th scope="col" className="num">
              Accuracy, %
            </th>
          </tr>
        </thead>
        <tbody>
          {metrics.transfer.map(({ data, perClass, accuracy }) => (
            <tr key={`${data} ${perClass}`}>
              <th scope="row">{data}</th>
              <td className="num">{count(perClass)}</td>
              <td className="num">{percent(accuracy, 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function Sizes({ metrics }: { metrics: ImageMetrics }) {
  return (
    <Scroller label="Sizes">
      <table className="table max-w-2xl">
        <caption className="text-small text-ink-3 pb-2 text-left">
          The same weights. In 16 and in 8 bits they are stored so, and computed with in 32.
        </caption>
        <thead>
          <tr>
            <th scope="col">Stored in</th>
            <th scope="col" className="num">
              MB
            </th>
            <th scope="col" className="num">
              Same class, %
            </th>
            <th scope="col" className="num">
              CPU ms
            </th>
          </tr>
        </thead>
        <tbody>
          {metrics.ladder.map(({ precision, sizeBytes, agreement, cpuMs }) => (
            <tr key={precision}>
              <th scope="row">{storedIn[precision]}</th>
              <td className="num">{fixed(sizeBytes / megabyte, 1)}</td>
              <td className="num">{percent(agreement.value, 1)}</td>
              <td className="num">{fixed(cpuMs, 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function Changes({ metrics }: { metrics: ImageMetrics }) {
  const rows = metrics.steadiness[0]?.n ?? 0;
  return (
    <Scroller label="Steadiness">
      <table className="table max-w-2xl">
        <caption className="text-small text-ink-3 pb-2 text-left">
          Share of {count(rows)} pictures (CIFAR-10’s, enlarged: hard ones) that keep their class when they
          are changed in one way, with 95 % interval.
        </caption>
        <thead>
          <tr>
            <th scope="col">Change</th>
            <th scope="col" className="num">
              Same class, %
            </th>
          </tr>
        </thead>
        <tbody>
          {metrics.steadiness.map(({ change, same }) => (
            <tr key={change}>
              <th scope="row">{change}</th>
              <td className="num">
                {percent(same.value, 0)}{' '}
                <span className="ci">
                  {percent(same.low, 0)}–{percent(same.high, 0)}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
