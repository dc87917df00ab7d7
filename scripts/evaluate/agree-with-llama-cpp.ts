import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { expectTextBase } from '../models/language-models/text-base.ts';
import { runScript } from '../models/run-script.ts';
import { judgeNextTokens } from './language-models/judge-next-tokens.ts';
import { openLanguageModel } from './language-models/open-language-model.ts';
import { textWindows } from './language-models/text-windows.ts';

const USAGE =
  'tsx scripts/evaluate/agree-with-llama-cpp.ts TEXT [--model FILE] [--tokens N] [--package PATH]';
const TOKENS_A_WINDOW = 256;

/** What is used of node-llama-cpp. */
interface LlamaPackage {
  getLlama(options: { gpu: false; build: 'never'; logLevel: string }): Promise<{
    loadModel(options: { modelPath: string }): Promise<{
      tokenize(text: string): Iterable<number>;
      createContext(options: { contextSize: number; threads: number }): Promise<{ getSequence(): Sequence }>;
      dispose(): Promise<void>;
    }>;
    dispose(): Promise<void>;
  }>;
}

interface Sequence {
  clearHistory(): Promise<void>;
  controlledEvaluate(
    input: [number, { generateNext: { logits: { filter: { tokens: []; includeTop: 1 } } } }][],
  ): Promise<({ next: { logits: Map<number, number> } } | undefined)[]>;
}

/**
 * How often our decoder, on the dequantised weights, takes the same token for the likeliest as llama.cpp, which computes with
 * the quantised ones, and whether both split the text into the same tokens.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      model: { type: 'string' },
      tokens: { type: 'string', default: '4096' },
      package: { type: 'string', default: 'node-llama-cpp' },
    },
  });
  const [file] = positionals;
  if (!file) return console.error(USAGE);
  const path = values.model ?? expectTextBase();
  const text = readFileSync(file, 'utf8').slice(0, 16 * Number(values.tokens));
  const ours = await openLanguageModel(path);
  const tokens = ours.tokenize(text);
  const ids = tokens.slice(0, Number(values.tokens));
  const choices = (await judgeNextTokens(ours.session, ids, TOKENS_A_WINDOW)).map(({ choice }) => choice);
  await ours.session.release();

  const { getLlama }: LlamaPackage = await import(values.package);
  const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error' });
  const model = await llama.loadModel({ modelPath: path });
  const theirTokens = [...model.tokenize(text)];
  const same = tokens.length === theirTokens.length && tokens.every((id, index) => id === theirTokens[index]);
  console.log(`${tokens.length} tokens, ${same ? 'the same' : 'NOT the same'} as llama.cpp's`);
  const context = await model.createContext({ contextSize: TOKENS_A_WINDOW, threads: 1 });
  const theirs = await llamaChoices(context.getSequence(), ids);
  const agreed = choices.filter((choice, index) => choice === theirs[index]).length;
  console.log(
    `next token: the same choice at ${agreed} of ${choices.length} positions, ${(agreed / choices.length).toFixed(4)}`,
  );
  await model.dispose();
  await llama.dispose();
}

async function llamaChoices(sequence: Sequence, ids: readonly number[]): Promise<number[]> {
  const options = { generateNext: { logits: { filter: { tokens: [] as [], includeTop: 1 as const } } } };
  const choices: number[] = [];
  for (const { ids: seen, scoredFrom } of textWindows(ids, TOKENS_A_WINDOW)) {
    await sequence.clearHistory();
    const outputs = await sequence.controlledEvaluate(seen.slice(0, -1).map((id) => [id, options]));
    for (const output of outputs.slice(scoredFrom - 1)) {
      const [likeliest] = output?.next.logits.keys() ?? [];
      if (likeliest === undefined) throw new Error('llama.cpp gave no logits.');
      choices.push(likeliest);
    }
  }
  return choices;
}

await runScript(main);
