import Link from 'next/link';
import { Rule } from '../_components/rule.tsx';

/** Left end: never written. Right end: no end. */
const kept = [
  { what: 'Texts you send', value: 0, how: 'never written' },
  { what: 'Answers', value: 0, how: 'never written' },
  { what: 'API keys', value: 0, how: 'only their hash' },
  { what: 'Usage: time, key, model, units, price', value: 100, how: 'no end' },
] as const;

export function Retention() {
  return (
    <div>
      <div className="keep">
        {kept.map(({ what, value, how }) => (
          <div key={what}>
            <span>{what}</span>
            <Rule label={null} kind="cursor" value={value} graduations={5} />
            <b>{how}</b>
          </div>
        ))}
      </div>
      <p className="text-ink-2 max-w-2xl">
        It is tested: marked texts go down every path, the failing ones too, and then the database, the files
        and the logs are searched for them. <Link href="/docs/privacy">What happens to a call</Link>
      </p>
    </div>
  );
}
