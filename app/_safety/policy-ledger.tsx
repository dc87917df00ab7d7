import type { SafetyPolicySummary } from '#server/domain/safety/schema.ts';
import { Ledger } from '../_components/slip.tsx';
import { count, plural } from '../_format/number.ts';

/** What of a policy is in force here: how much, never which words. */
export function PolicyLedger({ policy }: { policy: SafetyPolicySummary | null }) {
  if (!policy) return <p>The policy of this installation can’t be shown at the moment.</p>;
  const { termsInPrompts, termsInAnswers, systemPromptCharacters, checkedLabel } = policy;
  const terms = (some: number) => (some === 0 ? 'none' : plural(some, 'term'));
  return (
    <Ledger
      className="max-w-xl"
      lines={[
        ['Denied in prompts', terms(termsInPrompts)],
        ['Denied in answers', terms(termsInAnswers)],
        [
          'House prompt before yours',
          systemPromptCharacters === 0 ? 'none' : `${count(systemPromptCharacters)} characters`,
        ],
        ['Answers read by a classifier', checkedLabel === null ? 'no' : `ended for “${checkedLabel}”`],
      ]}
    />
  );
}
