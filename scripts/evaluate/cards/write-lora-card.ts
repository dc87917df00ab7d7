import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PunctuationFigures } from '../language-models/punctuation-measures.ts';
import type { LoraExample, LoraMetrics } from './lora-metrics.ts';

/** Every figure of the card stands in `metrics.json`; this is its only author. */
export function writeLoraCard(folder: string, metrics: LoraMetrics): void {
  writeFileSync(join(folder, 'README.md'), card(metrics));
}

const NAMES = { rule: 'a capital in front, a full stop behind', base: '', adapter: '' } as const;

function card({ training, figures, examples, ...metrics }: LoraMetrics): string {
  const names = { ...NAMES, base: 'the base, asked alike', adapter: `\`${metrics.id}\`` };
  const rows = (['rule', 'base', 'adapter'] as const).map((of) => row(names[of], figures[of]));
  return `---
license: apache-2.0
library_name: peft
pipeline_tag: text-generation
base_model: HuggingFaceTB/SmolLM2-135M-Instruct
language: en
---

# ${metrics.id}

Puts capitals and punctuation back into English prose that has none: transcripts, chats, notes. An adapter (LoRA) of \`${metrics.base}\`, served beside
it. Ask in these words, with a temperature of 0:

    Write this with capitals and punctuation: well she said i never thought of that

| | |
| --- | --- |
| version | \`${metrics.version}\` |
| size | ${(metrics.sizeBytes / 1e6).toFixed(1)} MB (GGUF, 16 bits); the same in PEFT's layout beside it |
| adapted | ${training.targets.join(', ')} of every layer; rank ${training.rank}, alpha ${training.alpha} |

## How it came about

\`npm run train:lora\` (Hu and others, 2021): ${training.rows.toLocaleString('en-US')} passages of one to three sentences (10 to 24 words) from 84 English novels of 1839 to 1930, in
the public domain, are the answers; the same words in small letters, without their marks, are the prompts. ${training.epochs === 1 ? 'Each was seen once' : `Each was seen ${training.epochs} times`}, in batches
of ${training.batchRows}, by AdamW at ${training.learningRate}. The loss is of the answers' tokens alone; the base's weights, dequantised as they are served, stay as they are. Trained on
${training.engine}.

## What it reaches

${metrics.heldOutRows} passages of six novels that no training row is from, as served (llama.cpp), always the likeliest token:

| | words kept | marks (F1) | capitals (F1) | as its author had it |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

An answer that changes a word gets nothing for its marks and capitals. Marks are commas, full stops, semicolons, colons, question and exclamation
marks; an author's choice is one of several that are right, so nothing reaches all of them. \`npm run evaluate:lora\` measures this and writes this card.

The first of these passages, as they were answered:

${examples.map(quoted).join('\n')}

## Limits

- Prose of a century ago: its commas are many. Names that it does not take for names keep small letters.
- Two or three sentences at a time; longer texts are better sent in pieces.
- No quotation marks, brackets or digits were in its training.
- It can still change a word: compare, where that matters.
`;
}

function row(name: string, { sameWords, marks, capitals, exact }: PunctuationFigures): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return `| ${name} | ${percent(sameWords)} | ${marks.toFixed(3)} | ${capitals.toFixed(3)} | ${percent(exact)} |`;
}

function quoted({ asked, expected, base, adapter }: LoraExample): string {
  const line = (text: string) => text.replaceAll(/\s+/g, ' ').slice(0, 200);
  return [
    `- ${asked}`,
    `  - base: *${line(base)}*`,
    `  - adapted: *${line(adapter)}*`,
    `  - author: *${line(expected)}*`,
  ].join('\n');
}
