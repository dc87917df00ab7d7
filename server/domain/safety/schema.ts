/** What the pages tell of the policy: how much of it there is, never its words. */
export interface SafetyPolicySummary {
  readonly termsInPrompts: number;
  readonly termsInAnswers: number;
  /** 0: there is none. */
  readonly systemPromptCharacters: number;
  /** The label that an answer is ended for; null: answers are not classified. */
  readonly checkedLabel: string | null;
}
