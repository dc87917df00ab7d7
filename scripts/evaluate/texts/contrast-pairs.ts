/** Sentences whose feeling a negation turns, with what each should be called. */
const SUBJECTS = ['The food', 'This phone', 'The film', 'Their service', 'The hotel'];
const GOOD = ['good', 'great', 'helpful', 'enjoyable', 'reliable'];
const BAD = ['bad', 'terrible', 'disappointing', 'boring', 'annoying'];

export interface ContrastText {
  readonly text: string;
  readonly label: 'negative' | 'positive';
}

/** `x is good` beside `x is not good at all`; and `never bad` for the other way. */
export function contrastTexts(): { plain: ContrastText[]; negated: ContrastText[] } {
  const pairs = (adjectives: readonly string[], label: ContrastText['label']) =>
    SUBJECTS.flatMap((subject) => adjectives.map((adjective) => ({ subject, adjective, label })));
  const good = pairs(GOOD, 'positive');
  const bad = pairs(BAD, 'negative');
  return {
    plain: [...good, ...bad].map(({ subject, adjective, label }) => ({
      text: `${subject} was ${adjective}.`,
      label,
    })),
    negated: [
      ...good.map(({ subject, adjective }) => ({
        text: `${subject} was not ${adjective} at all.`,
        label: 'negative' as const,
      })),
      ...bad.map(({ subject, adjective }) => ({
        text: `${subject} was not ${adjective} at all, quite the opposite.`,
        label: 'positive' as const,
      })),
    ],
  };
}
