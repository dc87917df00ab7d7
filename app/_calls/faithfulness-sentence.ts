import { fixed } from '../_format/number.ts';
import type { PartsName } from './explanation-methods.ts';

interface Judged {
  readonly label: string;
  readonly part: PartsName;
  readonly faithfulness: { readonly deletion_area: number; readonly insertion_area: number };
}

/** What was measured of an explanation, for whoever has never heard of its two areas. An order at random makes them alike. */
export function faithfulnessSentence({ label, part, faithfulness }: Judged): string {
  const without = fixed(faithfulness.deletion_area, 2);
  const within = fixed(faithfulness.insertion_area, 2);
  const tried = `with the strongest ${part}s taken out first the score of ${label} is ${without} on average on the way, with them put in first ${within}.`;
  if (faithfulness.insertion_area <= faithfulness.deletion_area) {
    return `Don’t rely on it, ${part}s at random would have done as well: ${tried} Another method may find more.`;
  }
  return `How well it was found: ${tried} The further apart, the better; ${part}s at random leave nothing between them.`;
}
