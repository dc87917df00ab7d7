import { parseArgs } from 'node:util';
import { type UpstreamEngine, upstreamEngines } from '#workers/model-runtime/openai-upstream/dialects.ts';
import { loadUpstreamGenerator } from '#workers/model-runtime/openai-upstream/load-upstream-generator.ts';
import {
  type GenerationInput,
  GenerationRefusedError,
  type TextGenerator,
} from '#workers/model-runtime/text-generator.ts';
import { consoleLogger, createChecks, runChecks, untilReady } from './checks.ts';

const USAGE =
  'npm run check:upstream -- --server http://HOST:PORT/v1 --model NAME [--engine vllm|llama-cpp|tgi|openai|compatible]\n' +
  'TEXT_UPSTREAM_API_KEY is its key, if it has one.';
const CONTEXT_TOKENS = 1_024;
const SPEED_TOKENS = 128;

const checks = createChecks();
const prompt = {
  kind: 'chat',
  messages: [{ role: 'user', content: 'Write two sentences about the sea.' }],
} as const;

/** Whether an engine that runs answers as the gateway needs it to, held against what it says when it is asked directly. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      server: { type: 'string' },
      model: { type: 'string' },
      engine: { type: 'string', default: 'compatible' },
    },
  });
  const { server: url, model, engine } = values;
  if (!url || !model || !isEngine(engine)) return console.error(USAGE);
  const apiKey = process.env.TEXT_UPSTREAM_API_KEY || null;
  const generator = loadUpstreamGenerator({
    url: url.replace(/\/+$/, ''),
    apiKey,
    engine,
    model,
    id: 'text-1',
    contextTokens: CONTEXT_TOKENS,
    sequences: 4,
    laneSequencesMax: 4,
    logger: consoleLogger,
  });
  await untilReady([generator]);
  const direct = (body: object) => ask(`${url}/chat/completions`, { model, ...body }, apiKey);
  await checkAnswers(generator, direct);
  await checkLimits(generator);
  await checkLeaving(generator);
  await measure(generator, direct);
  await generator.close();
  checks.end();
}

async function checkAnswers(generator: TextGenerator, direct: Direct): Promise<void> {
  const own = await direct({ messages: prompt.messages, max_tokens: 24, temperature: 0 });
  const greedy = await write(generator, { outputTokensMax: 24 });
  checks.same('the most probable text is the one that it gives directly', greedy.texts[0], own.text);
  checks.same(
    'so are the tokens of prompt and answer',
    [greedy.inputTokens, greedy.outputTokens],
    own.tokens,
  );
  const drawn = { sampling: sampling({ temperature: 1, seed: 7 }), outputTokensMax: 24 };
  const [one, two] = [await write(generator, drawn), await write(generator, drawn)];
  checks.same('the same seed draws the same text', one.texts, two.texts);
  const stopped = await write(generator, { stop: ['e'], outputTokensMax: 24 });
  checks.holds(
    'a text ends before its stop sequence',
    stopped.reasons[0] === 'stop' && !stopped.texts[0]?.includes('e'),
    JSON.stringify(stopped),
  );
  const several = await write(generator, { ...drawn, choices: 3 });
  checks.holds(
    'several answers differ, the first by the seed that was sent',
    several.texts[0] === one.texts[0] && new Set(several.texts).size > 1,
    JSON.stringify(several.texts),
  );
  const told = await write(generator, { logprobs: 2, outputTokensMax: 8 });
  checks.same('each token has its log probability', told.logprobs.length, told.outputTokens);
  const schema = {
    type: 'object',
    properties: { sea: { enum: ['blue', 'green'] } },
    required: ['sea'],
    additionalProperties: false,
  };
  const held = await write(generator, { format: { kind: 'json_schema', schema }, outputTokensMax: 64 });
  checks.holds(
    'an answer keeps to its schema',
    /^\s*\{\s*"sea"\s*:\s*"(blue|green)"\s*\}\s*$/.test(held.texts[0] ?? ''),
    held.texts[0],
  );
  const banned = { sampling: sampling({ logitBias: told.ids.slice(0, 1).map((id) => [id, -100] as const) }) };
  if (told.ids.length > 0) {
    const without = await write(generator, { ...banned, outputTokensMax: 8 });
    checks.holds(
      'a token that is biased away does not come',
      without.texts[0] !== greedy.texts[0]?.slice(0, without.texts[0]?.length),
    );
  }
  const text = await write(generator, {
    prompt: { kind: 'text', text: 'Once upon a time' },
    outputTokensMax: 8,
  });
  checks.holds('a text goes on', text.texts[0] !== '' && text.outputTokens > 0);
}

async function checkLimits(generator: TextGenerator): Promise<void> {
  const text = 'word '.repeat(CONTEXT_TOKENS + 100);
  const refusal = await write(generator, { prompt: { kind: 'text', text } }).catch((error: unknown) => error);
  checks.holds(
    'a prompt that is too long is refused',
    refusal instanceof GenerationRefusedError && /too_long/.test(refusal.refusal.refused),
    String(refusal),
  );
  const truncated = await write(generator, { truncate: true }).catch((error: unknown) => error);
  checks.holds('what it can not promise is refused by name', truncated instanceof GenerationRefusedError);
}

/** Four at once, all left: were they not ended at the engine, the next would wait for their 900 tokens. */
async function checkLeaving(generator: TextGenerator): Promise<void> {
  const long = { outputTokensMax: 900, sampling: sampling({ temperature: 1 }) };
  const left = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const leaving = new AbortController();
      return write(generator, long, leaving.signal, () => leaving.abort());
    }),
  );
  checks.same(
    'whoever hangs up is told what was made',
    new Set(left.flatMap(({ reasons }) => reasons)),
    new Set(['cancelled']),
  );
  const startedAtMs = performance.now();
  const { firstMs } = await write(generator, { outputTokensMax: 4 });
  console.log(
    `       first token after four were left: ${firstMs.toFixed(0)} ms, all: ${(performance.now() - startedAtMs).toFixed(0)} ms`,
  );
}

async function measure(generator: TextGenerator, direct: Direct): Promise<void> {
  const through: number[] = [];
  const bare: number[] = [];
  let tokens = 0;
  for (let run = 0; run < 3; run++) {
    const ownAtMs = performance.now();
    const own = await direct({ messages: prompt.messages, max_tokens: SPEED_TOKENS, temperature: 0 });
    bare.push(performance.now() - ownAtMs);
    const startedAtMs = performance.now();
    await write(generator, { outputTokensMax: SPEED_TOKENS });
    through.push(performance.now() - startedAtMs);
    tokens = own.tokens[1] ?? 0;
  }
  const [one, other] = [Math.min(...bare), Math.min(...through)];
  console.log(
    `       ${tokens} tokens, best of 3: ${one.toFixed(0)} ms directly, ${other.toFixed(0)} ms through the runtime`,
  );
}

function sampling(over: Partial<GenerationInput['sampling']> = {}): GenerationInput['sampling'] {
  return {
    temperature: 0,
    topP: 1,
    topK: 0,
    minP: 0,
    seed: 1,
    repetitionPenalty: 1,
    presencePenalty: 0,
    frequencyPenalty: 0,
    logitBias: [],
    ...over,
  };
}

async function write(
  generator: TextGenerator,
  over: Partial<GenerationInput>,
  signal = new AbortController().signal,
  onText: () => void = () => {},
) {
  const input: GenerationInput = {
    prompt,
    truncate: false,
    outputTokensMax: 16,
    choices: 1,
    sampling: sampling(),
    stop: [],
    logprobs: null,
    format: { kind: 'text' },
    ...over,
  };
  const startedAtMs = performance.now();
  const texts = Array.from({ length: input.choices }, () => '');
  const reasons: string[] = [];
  const logprobs: number[] = [];
  const ids: number[] = [];
  const made = { inputTokens: 0, outputTokens: 0, firstMs: 0 };
  for await (const event of generator.generate(input, { lane: 'check', signal })) {
    if (event.kind === 'started') made.inputTokens = event.inputTokens;
    if (event.kind === 'finished') {
      made.outputTokens += event.outputTokens;
      reasons[event.choice] = event.reason;
    }
    if (event.kind !== 'text') continue;
    made.firstMs ||= performance.now() - startedAtMs;
    texts[event.choice] += event.text;
    for (const { id, logprob } of event.logprobs ?? []) {
      logprobs.push(logprob);
      if (id !== null) ids.push(id);
    }
    onText();
  }
  return { texts, reasons, logprobs, ids, ...made };
}

type Direct = (body: object) => Promise<{ readonly text: string; readonly tokens: readonly number[] }>;

async function ask(url: string, body: object, apiKey: string | null): ReturnType<Direct> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The engine answered with status ${response.status}.`);
  const { choices, usage } = (await response.json()) as {
    readonly choices: readonly { readonly message: { readonly content: string } }[];
    readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
  };
  return { text: choices[0]?.message.content ?? '', tokens: [usage.prompt_tokens, usage.completion_tokens] };
}

function isEngine(name: string): name is UpstreamEngine {
  return (upstreamEngines as readonly string[]).includes(name);
}

await runChecks(main);
