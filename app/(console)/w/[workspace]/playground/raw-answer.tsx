'use client';
import { CopyButton } from '../../../../_components/copy-button.tsx';
import { highlight } from '../../../../_components/highlight.tsx';
import { ScrollingCode } from '../../../../_components/scroller.tsx';

/** A picture's map is long, and no one reads base64. What is copied is whole. */
const shownStringMax = 120;
const shownEventsMax = 200;

/** The answer as it came: one object, or an event a line. */
export function RawAnswer({ raw, stale }: { raw: unknown; stale: boolean }) {
  return (
    <section className={stale ? 'code raw opacity-50' : 'code raw'} aria-label="The answer as it came">
      <header>
        <span>{Array.isArray(raw) ? 'Events' : 'JSON'}</span>
        <CopyButton text={toText(raw)} label="Copy" />
      </header>
      <ScrollingCode label="The answer as it came">{highlight(toText(shortened(raw)))}</ScrollingCode>
    </section>
  );
}

function toText(raw: unknown): string {
  if (!Array.isArray(raw)) return JSON.stringify(raw, null, 2);
  return raw.map((event) => JSON.stringify(event)).join('\n');
}

function shortened(value: unknown): unknown {
  if (typeof value === 'string' && value.length > shownStringMax) return `${value.slice(0, shownStringMax)}…`;
  if (Array.isArray(value)) {
    const shown = value.slice(0, shownEventsMax).map(shortened);
    return value.length > shownEventsMax ? [...shown, `… ${value.length - shownEventsMax} more`] : shown;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shortened(one)]));
}
