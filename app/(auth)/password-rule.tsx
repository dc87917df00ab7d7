'use client';
import { useEffect, useState } from 'react';
import { type PasswordStrength, passwordStrength } from '#server/domain/accounts/password-strength.ts';
import { Rule } from '../_components/rule.tsx';

const words = ['very weak', 'weak', 'fair', 'good', 'strong'] as const;
const scoreMax = 4;
const thresholdScore = 3;

/** Judges while the password is typed, with the very function that the server judges with. */
export function usePasswordStrength(password: string, ownWords: readonly string[]): PasswordStrength | null {
  const [strength, setStrength] = useState<PasswordStrength | null>(null);
  const own = ownWords.join('\n');
  useEffect(() => {
    let stale = false;
    if (password === '') setStrength(null);
    else void passwordStrength(password, own.split('\n')).then((judged) => !stale && setStrength(judged));
    return () => {
      stale = true;
    };
  }, [password, own]);
  return strength;
}

export function PasswordRule({ strength }: { strength: PasswordStrength | null }) {
  const score = strength?.score ?? 0;
  return (
    <div className="strength">
      <Rule
        label={`Strength ${score} of ${scoreMax}; ${thresholdScore} is needed`}
        value={(score / scoreMax) * 100}
        threshold={(thresholdScore / scoreMax) * 100}
        graduations={scoreMax}
        color={strength?.acceptable ? 'var(--series-1)' : 'var(--ink-3)'}
      />
      <span className="text-small text-ink-3 min-w-16 text-right">
        {strength ? words[score] : 'strength'}
      </span>
    </div>
  );
}
