import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TextMetrics } from '../cards/text-metrics.ts';
import { INSTRUCTION_CHECKS } from './instruction-checks.ts';

const check = (beginning: string) => {
  const found = INSTRUCTION_CHECKS.find(({ prompt }) => prompt.startsWith(beginning));
  if (!found) throw new Error(`No check begins with ${beginning}`);
  return (answer: string) => found.passes(answer);
};

describe('the checks of instructions', () => {
  it.each([
    ['Give three tips', '- a b\n- c\n- d', true],
    ['Give three tips', 'Here you are:\n- a\n- b', false],
    ['List five fruits', '1. a\n2. b\n3. c\n4. d\n5. e', true],
    ['Answer with a JSON object', '{"color": "red"}', true],
    ['Answer with a JSON object', '```json\n{"color": "red"}\n```', true],
    ['Answer with a JSON object', 'Sure: {"color": "red"}', false],
    ['Answer with a JSON array', '[1, 2, 3]', true],
    ['Answer with a JSON array', '[1, 2]', false],
    ['Write "Good morning"', 'GOOD MORNING', true],
    ['Write "Good morning"', 'Good morning', false],
    ['Describe the sea', 'It is blue, wide and deep.', true],
    ['Describe the sea', 'It is blue. It is wide.', false],
    ['Name one animal', 'Dog.', true],
    ['Name one animal', 'A dog', false],
    ['Is water wet', 'Yes', true],
    ['Is water wet', 'Yes, it is.', false],
    ['Greet a friend', 'Bonjour ! Comment vas-tu dans la ville ?', true],
    ['Greet a friend', 'Hello, how are you today?', false],
    ['Greet a friend', 'Hola, la amiga de la casa, la de siempre.', false],
    ['Translate to Spanish', 'Je crois que la maison en bois est grande.', false],
    ['Translate to Spanish', 'La casa es grande y está cerca del río.', true],
    ['Write two sentences about the weather', 'Es ist heute kalt und nass. Die Sonne scheint nicht.', true],
    ['Describe summer', 'It is warm and bright.', true],
    ['Describe summer', 'It is hot and bright.', false],
    ['Repeat exactly', '"The lamp is on the table."', true],
  ])('%s…: %j is %s', (beginning, answer, passes) => {
    expect(check(beginning)(answer)).toBe(passes);
  });

  it('judge the answers that stand in the metrics as the card says', () => {
    const file = new URL('../../../workers/models/text-generation/metrics.json', import.meta.url);
    const { instructions } = JSON.parse(readFileSync(file, 'utf8')) as TextMetrics;
    expect(instructions.map(({ prompt }) => prompt)).toEqual(INSTRUCTION_CHECKS.map(({ prompt }) => prompt));
    const verdicts = instructions.map(({ answer }, place) => INSTRUCTION_CHECKS[place]?.passes(answer));
    expect(verdicts).toEqual(instructions.map(({ passed }) => passed));
  });

  it('let no empty answer pass', () => {
    expect(INSTRUCTION_CHECKS.filter(({ passes }) => passes('')).map(({ prompt }) => prompt)).toEqual([]);
  });
});
