import { describeEngine } from '#workers/fine-tuning/engine/engine.ts';
import type { LanguageModelFigures, TrainedLanguageModel } from '../reports/language-model-figures.ts';

const TITLES: Readonly<Record<string, string>> = { gpt: 'small GPT', lstm: 'LSTM' };

/** `docs/language-models.md`, out of the figures beside it. */
export function writeLanguageModelCard(figures: LanguageModelFigures): string {
  const { models, smollm2, xz, bytes } = figures;
  const settings = models[0]?.training.settings;
  const corpus = models[0]?.training;
  return `# Language models from nothing

Small networks that were trained here, by \`npm run train:language-model\`, to show the whole way from texts to a model. They are not sold, and
their weights are not shipped. \`npm run evaluate:language-models\` measures what stands here, and writes this page and the figures beside it
(\`language-models.json\`).

## How they are made

- **Tokens**: byte pairs (\`workers/fine-tuning/tokenizer\`), ${settings?.vocabularySize} of them, trained on the same texts. \`tokenizer.json\` is what Hugging Face's tokenizers read;
  trained on the same text with the same settings, theirs and ours make the same vocabulary (a test).
- **Texts**: 88 English novels (1840-1930) and Shakespeare's plays, all in the public domain: ${((corpus?.corpusBytes ?? 0) / 1e6).toFixed(1)} MB, ${((corpus?.corpusTokens ?? 0) / 1e6).toFixed(1)} million tokens, of which a training
  sees windows of ${settings?.contextTokens} tokens, none twice. Two novels are kept out, of the tokenizer's text too: one is followed in training
  (\`${figures.devNovel}\`), the other (\`${figures.testNovel}\`) was judged at the end. Other books of their authors are in the training.
- **Training**: AdamW on one cycle, in batches of ${settings?.batchRows} windows, layers in ${settings?.products}, seed ${settings?.seed}, with ${corpus ? describeEngine(corpus.engine) : ''}.
  The folders of the trained models lie in \`.modelyard/training/language-*/model\`; the GPT's is GPT-2's layout, which \`transformers\` opens.

| | weights | steps | tokens seen | peak rate |
| --- | --- | --- | --- | --- |
${models.map(trainingRow).join('\n')}

## What they reach

Bits per byte on the first ${thousands(bytes)} bytes of the novel that was kept out: lower is better. Perplexities, with 95 % intervals in brackets, do not compare, since
vocabularies differ. The networks' windows are of ${settings?.contextTokens} tokens, SmolLM2's of ${smollm2.tokensAWindow}; every token but the first is judged once, with at least half a window
before it. Where one network saw fewer tokens than the other, the curves compare them at equal steps, and this table does not rank them.

| | bits per byte | perplexity of a token | likeliest token follows |
| --- | --- | --- | --- |
| \`xz -9\` on the same bytes (${xz.version}) | ${xz.text.toFixed(3)} | | |
| \`xz -9\` on the whole novel (${thousands(xz.novelBytes)} bytes) | ${xz.novel.toFixed(3)} | | |
${models.map(({ name, report }) => reportRow(TITLES[name] ?? name, report)).join('\n')}
${reportRow('SmolLM2-135M-Instruct, as shipped', smollm2)}

xz knows nothing but what it packs. SmolLM2 has fifty times the weights and was trained on two trillion tokens, this novel most likely among them.

## Loss curves

Nats a token in training (mean since the line before), and bits per byte on the beginning of the novel that is followed.

${models.map(curveTable).join('\n\n')}

## Samples

Each goes on after "${figures.prompt}" (temperature 0.8, the likeliest 40), not chosen among several.

${models.map(({ name, sample }) => `**${TITLES[name] ?? name}**\n\n${quoted(figures.prompt + sample)}`).join('\n\n')}

## Limits

They write in the words of their books, and in their prejudices, without knowing what they say: no facts, no instructions, no language but English. A
training of minutes is enough to show that the way works, not for a use.
`;
}

function trainingRow({ name, training }: TrainedLanguageModel): string {
  const { parameters, settings, tokensSeen } = training;
  return `| ${TITLES[name] ?? name} | ${(parameters / 1e6).toFixed(2)} million | ${settings.steps} | ${(tokensSeen / 1e6).toFixed(2)} million | ${settings.learningRate} |`;
}

function reportRow(title: string, report: TrainedLanguageModel['report']): string {
  const [low, high] = report.perplexityInterval;
  return `| ${title} | ${report.bitsPerByte.toFixed(3)} | ${report.perplexity.toFixed(1)} (${low.toFixed(1)}, ${high.toFixed(1)}) | ${(100 * report.accuracy).toFixed(1)} % |`;
}

function curveTable({ name, training }: TrainedLanguageModel): string {
  const rows = training.curve.map(
    ({ step, loss, devBitsPerByte }) => `| ${step} | ${loss.toFixed(3)} | ${devBitsPerByte.toFixed(3)} |`,
  );
  return `| ${TITLES[name] ?? name}: step | loss | bits per byte |\n| --- | --- | --- |\n${rows.join('\n')}`;
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}

function thousands(count: number): string {
  return count.toLocaleString('en-US');
}
