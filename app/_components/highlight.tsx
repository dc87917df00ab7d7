import type { ReactNode } from 'react';

/** Comments, strings, JSON's names, numbers: enough for samples in three languages, with no parser to ship. */
const token =
  /(^|\s)(#[^\n]*|\/\/[^\n]*)|("(?:[^"\\\n]|\\.)*"|'[^']*')(\s*:)?|(?<=[:[,]\s*)(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b(?=[\s,\]}]|$)/g;

export function highlight(code: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of code.matchAll(token)) {
    const [whole, space = '', comment, text, colon, digits] = match;
    parts.push(code.slice(end, match.index) + (comment ? space : ''));
    const key = match.index;
    if (comment)
      parts.push(
        <span key={key} className="c">
          {comment}
        </span>,
      );
    if (text)
      parts.push(
        <span key={key} className={colon ? 'k' : 's'}>
          {text}
        </span>,
        colon ?? '',
      );
    if (digits)
      parts.push(
        <span key={key} className="n">
          {digits}
        </span>,
      );
    end = match.index + whole.length;
  }
  parts.push(code.slice(end));
  return parts;
}
