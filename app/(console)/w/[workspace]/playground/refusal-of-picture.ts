import type { CallRefusal } from '../../../../_calls/ask-api.ts';
import type { Picture } from '../../../../_calls/ask-images.ts';

interface Shown {
  readonly chosen: Picture | null;
  readonly tooLarge: CallRefusal | null;
  /** What was asked last, and how it was refused. */
  readonly asked: Picture | null;
  readonly refusal: CallRefusal | null;
}

/** What stands beside the picture that is chosen: how another one was refused says nothing of it. */
export function refusalOfPicture({ chosen, tooLarge, asked, refusal }: Shown): CallRefusal | null {
  return tooLarge ?? (asked === chosen ? refusal : null);
}
