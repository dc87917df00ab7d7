import type { Metadata } from 'next';
import Link from 'next/link';
import { brand } from '#server/domain/brand/brand.ts';
import { PolicyLedger } from '../../_safety/policy-ledger.tsx';
import { safetyPolicy } from '../../_trpc/server.ts';
import { ModelHero } from '../models/model-hero.tsx';
import { Part } from '../models/part.tsx';

export const metadata: Metadata = {
  title: 'Acceptable use',
  description: 'What the models may not be used for, what happens then, and what the software checks.',
};

export default async function AcceptableUsePage() {
  const policy = await safetyPolicy();
  return (
    <>
      <ModelHero name="Acceptable use">
        You may build what you like with {brand.name}, except what harms people. This page says what that
        means, and what is done about it.
      </ModelHero>
      <Part title="Not with our models">
        <ul className="text-prose grid max-w-2xl list-disc gap-2 pl-5">
          <li>Sexual content about minors, in any form and for any purpose.</li>
          <li>Threats, harassment, or praise of violence against a person or a group.</li>
          <li>Help with weapons, drugs or break-ins, into houses or computers.</li>
          <li>
            Fraud: passing for a person or a firm, forged reviews, mail to people who did not ask for it.
          </li>
          <li>
            Finding out about a person what they did not tell you: health, faith, origin, whom they love.
          </li>
          <li>
            Deciding alone about somebody’s work, credit, housing, schooling, care or freedom. A person has to
            look at it who can decide otherwise.
          </li>
          <li>Medical, legal or financial advice that nobody competent has read.</li>
          <li>What the law forbids where you are, or where the people are whom it reaches.</li>
        </ul>
      </Part>
      <Part title="What you owe the people you build for">
        <ul className="text-prose grid max-w-2xl list-disc gap-2 pl-5">
          <li>Tell them that a model writes, reads or decides, before they rely on it.</li>
          <li>
            Look at what the model is bad at: each one’s page says so with figures.{' '}
            <Link href="/models">The models</Link>
          </li>
          <li>Have the right to what you send: texts, pictures, and what they tell about others.</li>
          <li>Keep your keys to yourself. What is called with them counts as called by you.</li>
        </ul>
      </Part>
      <Part title="What the software checks">
        <div className="grid max-w-2xl gap-4">
          <p className="text-prose">
            A deny list looks for words in what the text model is asked and writes, and an answer may be read
            by a classifier before it is told. That stops words, not intentions: what passes is not thereby
            allowed. In force here:
          </p>
          <PolicyLedger policy={policy} />
          <p className="text-prose">
            A prompt that is refused costs nothing; an answer that is ended costs what was written until then.{' '}
            <Link href="/docs/text#safety">How a call looks then</Link>
          </p>
          <p className="text-prose">
            Nobody reads your calls: nothing of an input or an answer is kept, so what a check refused is not
            written down either. <Link href="/docs/privacy">Privacy of a call</Link>
          </p>
        </div>
      </Part>
      <Part title="What happens">
        <p className="text-prose max-w-2xl">
          We suspend a workspace whose use we learn to be against this page: its calls are then answered with{' '}
          <code>workspace_suspended</code>, and nothing is charged. You are told why, and may answer. Report
          misuse, or a refusal that you think is wrong, to{' '}
          <a href={`mailto:${brand.supportEmail}`}>{brand.supportEmail}</a>; the request’s id helps, its
          content is not needed.
        </p>
      </Part>
    </>
  );
}
