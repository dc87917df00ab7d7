import { shuffled } from '#workers/model-zoo/seeded-random.ts';

/** A request to put capitals and punctuation back into a text, and the text that had them. */
export interface PunctuationRow {
  readonly prompt: string;
  readonly answer: string;
}

export interface PassageBounds {
  readonly wordsMin: number;
  readonly wordsMax: number;
}

const REQUEST = 'Write this with capitals and punctuation: ';
/** Letters, the marks that are put back, and what stands inside of words. */
const PLAIN = /^[A-Z][A-Za-z' ,.;:!?-]*[.!?]$/;
const SENTENCE_END = /(?<=[.!?])\s+(?=[A-Z])/;
const ABBREVIATION = /\b(?:Mr|Mrs|Dr|St|Esq|viz|etc|[A-Z])\.$/;
const SENTENCES_MAX = 3;

/** As somebody types or a transcript has it: small letters and no marks but those inside of words. */
export function stripped(text: string): string {
  return text
    .toLowerCase()
    .replace(/(?<![a-z])['-]|['-](?![a-z])|[,.;:!?]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

export function punctuationRow(answer: string): PunctuationRow {
  return { prompt: `${REQUEST}${stripped(answer)}`, answer };
}

/** One to three sentences in a row from each paragraph of a novel that has some, in an order that follows from the seed. */
export function passagesOf(novel: string, { wordsMin, wordsMax }: PassageBounds, seed: number): string[] {
  const passages = novel.split('\n').flatMap((paragraph, index) => {
    const sentences = sentencesOf(paragraph);
    const wanted = 1 + ((seed + index) % SENTENCES_MAX);
    const first = (seed + 7 * index) % Math.max(1, sentences.length);
    const passage = sentences.slice(first, first + wanted).join(' ');
    const words = passage.split(' ').length;
    return PLAIN.test(passage) && words >= wordsMin && words <= wordsMax ? [passage] : [];
  });
  return Array.from(shuffled(passages.length, seed), (index) => passages[index] as string);
}

function sentencesOf(paragraph: string): string[] {
  const sentences: string[] = [];
  for (const piece of paragraph.trim().split(SENTENCE_END)) {
    const last = sentences.at(-1);
    // "Mr. Darcy" is one sentence.
    if (last !== undefined && ABBREVIATION.test(last)) sentences[sentences.length - 1] = `${last} ${piece}`;
    else sentences.push(piece);
  }
  return sentences;
}
