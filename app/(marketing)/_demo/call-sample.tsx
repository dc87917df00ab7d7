'use client';
import Link from 'next/link';
import { CodeSample, type CodeVariant } from '../../_components/code-sample.tsx';
import { Slip } from '../../_components/slip.tsx';
import { exactMoney } from '../../_format/money.ts';
import { jsonRequestCode } from '../../_samples/request-code.ts';
import type { DemoAnswer } from './ask-sentiment.ts';
import { useSharedDemo } from './demo-context.tsx';
import { DemoSlip } from './demo-slip.tsx';

const shownCharacters = 36;

/** The call of the bench above, as code, with the answer that it got. */
export function CallSample({ apiUrl }: { apiUrl: string }) {
  const { text, answer } = useSharedDemo();
  const sentence = answer?.text ?? text;
  return (
    <div>
      <div className="two">
        <CodeSample
          label="The call"
          variants={requestOf(apiUrl, sentence)}
          {...(answer && { answer: answerOf(answer) })}
        />
        <div className="grid gap-5">
          <DemoSlip answer={answer} label="The slip of this call" />
          <Slip
            title="When we fail"
            lines={[
              ['one text', 'no answer'],
              ['status', '503, our fault'],
            ]}
            sum={['charged', exactMoney(0)]}
          />
        </div>
      </div>
      <div className="two mt-6">
        <p>
          The answer is the one the bench above just got, for its first text.{' '}
          <Link href="/docs/sentiment">Every field</Link>, and <Link href="/docs/errors">every error</Link>.
        </p>
        <p className="text-ink-2">
          Every call is in the ledger before its answer leaves. A call that fails on our side is not charged.
          A quota is a hard stop, on one server or fifty.
        </p>
      </div>
    </div>
  );
}

function requestOf(apiUrl: string, sentence: string): readonly CodeVariant[] {
  const short = sentence.length > shownCharacters ? `${sentence.slice(0, shownCharacters - 1)}…` : sentence;
  return jsonRequestCode(apiUrl, { path: '/v1/sentiment', body: { input: short } });
}

function answerOf({ data: [first] }: DemoAnswer): string {
  if (!first) return '';
  const { label, score, interval, scores } = first;
  const rounded = (value: number) => Number(value.toFixed(3));
  return `# → data[0]
{
  "label": ${JSON.stringify(label)},
  "score": ${rounded(score)},
  "interval": [${interval.map(rounded).join(', ')}],
  "scores": {
    "positive": ${rounded(scores.positive)},
    "neutral": ${rounded(scores.neutral)},
    "negative": ${rounded(scores.negative)}
  }
}`;
}
