/** Questions whose answer nobody disputes: a model of this size gets some right and some wrong, fluently. */
export const KNOWN_ANSWERS: readonly { readonly question: string; readonly right: RegExp }[] = [
  { question: 'What is the capital of France?', right: /\bParis\b/ },
  { question: 'What is the capital of Australia?', right: /\bCanberra\b/ },
  { question: 'How many days has a week?', right: /\b(7|seven)\b/i },
  { question: 'What is 17 plus 25?', right: /\b42\b/ },
  { question: 'What is 12 times 12?', right: /\b144\b/ },
  { question: 'Which planet is nearest to the sun?', right: /\bMercury\b/ },
  { question: 'Who wrote "Pride and Prejudice"?', right: /\bAusten\b/ },
  { question: 'In which year did the First World War begin?', right: /\b1914\b/ },
  { question: 'How many letters has the word "banana"?', right: /\b(6|six)\b/i },
  { question: 'Spell the word "cat" backwards.', right: /\bt-?a-?c\b/i },
  {
    question: 'A shirt costs 20 dollars and is sold at half the price. What does it cost now?',
    right: /\b10\b/,
  },
  { question: 'What is the chemical symbol of gold?', right: /\bAu\b/ },
];
