import { highlight } from '../_components/highlight.tsx';
import { ScrollingCode } from '../_components/scroller.tsx';

/** What the call above it answers, as it came; nothing of it is run, so there is nothing to copy. */
export function AnswerSample({ answer, name = 'answer' }: { answer: string; name?: string }) {
  return (
    <section className="code" aria-label="Its answer">
      <header>
        <span>{name}</span>
      </header>
      <ScrollingCode label="Its answer, as it came">{highlight(answer)}</ScrollingCode>
    </section>
  );
}
