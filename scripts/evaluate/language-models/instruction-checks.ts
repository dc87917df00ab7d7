/** What is asked of a language model, and whether an answer does it. Written for this project; none needs knowledge. */
export interface InstructionCheck {
  readonly kind: 'format' | 'length' | 'language' | 'words';
  readonly prompt: string;
  passes(answer: string): boolean;
}

const words = (text: string) => text.match(/[\p{L}\p{N}'’-]+/gu) ?? [];
const sentences = (text: string) => text.split(/(?<=[.!?])\s+/).filter((part) => words(part).length > 0);
const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '');
const bullets = (text: string) => lines(text).filter((line) => /^\s*[-*•]\s/.test(line));
const numbered = (text: string) => lines(text).filter((line) => /^\s*\d+[.)]\s/.test(line));
const parses = (text: string, check: (value: unknown) => boolean): boolean => {
  try {
    return check(JSON.parse(text.replace(/^```(?:json)?\n|\n```$/g, '')));
  } catch {
    return false;
  }
};
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** Words that are frequent in one language and seldom, if ever, stand in a text of the others. */
const frequent = {
  French: ['le', 'les', 'est', 'une', 'et', 'dans', 'vous', 'je', 'bonjour', 'merci'],
  German: ['der', 'die', 'das', 'und', 'ist', 'ein', 'eine', 'nicht', 'ich', 'danke', 'guten'],
  Spanish: ['el', 'los', 'las', 'una', 'y', 'está', 'para', 'con', 'muy', 'gracias', 'hola', 'por'],
};
const isIn = (language: keyof typeof frequent) => (answer: string) => {
  const lower = words(answer.toLowerCase());
  const share = lower.filter((word) => frequent[language].includes(word)).length / Math.max(1, lower.length);
  return lower.length >= 3 && share >= 0.1;
};

export const INSTRUCTION_CHECKS: readonly InstructionCheck[] = [
  format(
    'Give three tips for better sleep, as a list in which each line begins with "- ".',
    (a) => bullets(a).length === 3,
  ),
  format('List five fruits, one a line, numbered 1. to 5.', (a) => numbered(a).length === 5),
  format('Answer with a JSON object that has the one key "color", whose value is a colour.', (a) =>
    parses(a, (value) => isObject(value) && typeof value.color === 'string'),
  ),
  format('Answer with a JSON array of three numbers and nothing else.', (a) =>
    parses(
      a,
      (value) => Array.isArray(value) && value.length === 3 && value.every((n) => typeof n === 'number'),
    ),
  ),
  format('Write the words red, green and blue, separated by commas, and nothing else.', (a) =>
    /^red, ?green,? ?(and )?blue\.?$/i.test(a.trim()),
  ),
  format(
    'Write "Good morning" in capital letters, and nothing else.',
    (a) => a.trim().replace(/["!.]/g, '') === 'GOOD MORNING',
  ),
  format('Write one sentence about rain. Put it in double quotation marks.', (a) =>
    /^"[^"]+"$/.test(a.trim()),
  ),
  format('Write a title for a book about trees. Begin with "Title:".', (a) => a.trim().startsWith('Title:')),
  length('Describe the sea in one sentence.', (a) => sentences(a).length === 1),
  length('Describe winter in exactly two sentences.', (a) => sentences(a).length === 2),
  length('What is a bicycle? Answer in at most 20 words.', (a) => between(words(a).length, 3, 20)),
  length('Explain what a library is in at most 30 words.', (a) => between(words(a).length, 3, 30)),
  length('Name one animal. Answer with one word.', (a) => words(a).length === 1),
  length('Is water wet? Answer with yes or no only.', (a) => /^(yes|no)\.?$/i.test(a.trim())),
  length('Write a poem of four lines about the moon.', (a) => lines(a).length === 4),
  length('Tell a story of at least 80 words about a dog.', (a) => words(a).length >= 80),
  language('Greet a friend and ask how they are, in French.', isIn('French')),
  language('Say "Thank you for your help, I will come tomorrow" in Spanish.', isIn('Spanish')),
  language('Write two sentences about the weather in German.', isIn('German')),
  language('Answer in French: what do you eat for breakfast?', isIn('French')),
  language('Translate to Spanish: The house is big and it is near the river.', isIn('Spanish')),
  language('Describe a cat in English.', (a) => words(a).length > 3 && !/[àâçéèêîôûñßäöü¿¡]/i.test(a)),
  having('Write a sentence with the words "apple" and "train".', (a) => /apple/i.test(a) && /train/i.test(a)),
  having('Describe summer without the word "hot".', (a) => words(a).length > 3 && !/\bhot\b/i.test(a)),
  having('Write a sentence that ends with the word "window".', (a) => /window[".!]*$/i.test(a.trim())),
  having('Write a sentence that begins with the word "Yesterday".', (a) => /^["]?Yesterday\b/.test(a.trim())),
  having('Write a sentence about music that contains the number 7.', (a) => a.includes('7')),
  having(
    'Repeat exactly: The lamp is on the table.',
    (a) => a.trim().replace(/^"|"$/g, '') === 'The lamp is on the table.',
  ),
];

function between(count: number, least: number, most: number): boolean {
  return count >= least && count <= most;
}

function format(prompt: string, passes: InstructionCheck['passes']): InstructionCheck {
  return { kind: 'format', prompt, passes };
}

function length(prompt: string, passes: InstructionCheck['passes']): InstructionCheck {
  return { kind: 'length', prompt, passes };
}

function language(prompt: string, passes: InstructionCheck['passes']): InstructionCheck {
  return { kind: 'language', prompt, passes };
}

function having(prompt: string, passes: InstructionCheck['passes']): InstructionCheck {
  return { kind: 'words', prompt, passes };
}
