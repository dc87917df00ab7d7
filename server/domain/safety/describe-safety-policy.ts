import { parseSafetyPolicy } from './safety-policy.ts';
import type { SafetyPolicySummary } from './schema.ts';

/** How much of a policy there is, for whoever calls the models: never its words. */
export async function describeSafetyPolicy({
  readPolicyFile,
}: {
  readPolicyFile: () => Promise<unknown>;
}): Promise<SafetyPolicySummary> {
  const policy = parseSafetyPolicy(await readPolicyFile());
  return {
    termsInPrompts: policy.deniedInPrompts.length,
    termsInAnswers: policy.deniedInAnswers.length,
    systemPromptCharacters: policy.systemPrompt?.length ?? 0,
    checkedLabel: policy.answerCheck?.label ?? null,
  };
}
