import { readLabelledTexts, sentimentFile } from '../sentiment/sentiment-data.ts';
import { readProse } from './prose-passages.ts';

const TOKENS_OF_STORIES = 1536;
const TOKENS_OF_REMARKS = 3072;
const CHARACTERS_A_TOKEN = 8;
/** Of the rows every so-manieth, so that all sources are among them. */
const ROWS_APART = 400;

/** What the model is shown to see which channels matter: plays, stories, and reviews and remarks of our own time. */
export function importanceTexts(tokenize: (text: string) => number[]): number[][] {
  const remarks = readLabelledTexts(sentimentFile('train'))
    .filter((_, index) => index % ROWS_APART === 0)
    .map(({ text }) => text)
    .join('\n');
  return [
    tokenize(beginning('tinyshakespeare.txt')).slice(0, TOKENS_OF_STORIES),
    tokenize(beginning('tinystories-sample-lowercased.txt')).slice(0, TOKENS_OF_STORIES),
    tokenize(remarks).slice(0, TOKENS_OF_REMARKS),
  ];
}

function beginning(name: string): string {
  return readProse(name).slice(0, TOKENS_OF_STORIES * CHARACTERS_A_TOKEN);
}
