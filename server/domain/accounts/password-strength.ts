import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { DomainError } from '../errors.ts';
import { passwordLimits } from '../rate-limits/limits.ts';

/** Browser-safe: the form shows what the server will say. The dictionaries are loaded when first asked for. */
export interface PasswordStrength {
  /** zxcvbn's: 0 to 4. */
  readonly score: number;
  readonly acceptable: boolean;
  /** What to change; null when acceptable. */
  readonly advice: string | null;
}

/** ownWords: what the person gave beside it. Their email is the first thing that an attacker tries. */
export async function passwordStrength(
  password: string,
  ownWords: readonly string[] = [],
): Promise<PasswordStrength> {
  const characters = [...password];
  if (characters.length < passwordLimits.charactersMin) {
    return refused(0, `Use at least ${passwordLimits.charactersMin} characters.`);
  }
  if (characters.length > passwordLimits.charactersMax) {
    return refused(0, `Use at most ${passwordLimits.charactersMax} characters.`);
  }
  const judged = characters.slice(0, passwordLimits.zxcvbnCharactersMax).join('');
  const estimator = await loadEstimator();
  const { score, feedback } = estimator.check(judged, ownWords.flatMap(partsOf));
  if (score >= passwordLimits.zxcvbnScoreMin) return { score, acceptable: true, advice: null };
  return refused(
    score,
    feedback.warning ?? feedback.suggestions[0] ?? 'Add more words that are hard to guess.',
  );
}

export async function assertStrongPassword(password: string, ownWords: readonly string[]): Promise<void> {
  const { acceptable, advice } = await passwordStrength(password, ownWords);
  if (!acceptable) {
    throw new DomainError('weak_password', advice ?? 'The password is too weak.', { param: 'password' });
  }
}

function refused(score: number, advice: string): PasswordStrength {
  return { score, acceptable: false, advice };
}

function partsOf(word: string): string[] {
  return [word, ...word.split(/[@.+_\-\s]+/)].filter((part) => part.length > 2);
}

let estimator: Promise<ZxcvbnFactory> | undefined;

function loadEstimator(): Promise<ZxcvbnFactory> {
  estimator ??= Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]).then(
    ([core, common, english]) =>
      new core.ZxcvbnFactory({
        dictionary: { ...common.dictionary, ...english.dictionary },
        graphs: common.adjacencyGraphs,
        translations: english.translations,
      }),
  );
  return estimator;
}
