import { withGguf } from '#workers/model-zoo/gguf/open-gguf.ts';
import { ModelRuntimeError } from '../model-runtime.ts';
import type {
  DrawnToken,
  EngineSampler,
  SamplerSettings,
  StepPart,
  TextEngine,
} from '../text/text-engine.ts';
import type { Prompt } from '../text-generator.ts';
import {
  type LlamaBinding,
  type LlamaDevice,
  type LlamaLora,
  type LlamaModel,
  type LlamaSampler,
  loadLlamaBinding,
} from './binding.ts';
import { chatPromptParts } from './chat-prompt.ts';
import { loadLlamaModel } from './load-llama-model.ts';
import { llamaSamplerSettings } from './sampler-settings.ts';
import { templateRenderer } from './template-renderer.ts';
import type { AdapterFile } from './text-messages.ts';
import { tokenBytes } from './token-bytes.ts';

export interface LlamaEngineOptions {
  /** A GGUF file, or the first of its parts. */
  readonly file: string;
  readonly device: LlamaDevice;
  readonly threads: number;
  readonly sequences: number;
  /** Of one sequence; never more than the model was trained for. */
  readonly contextTokens: number;
  readonly adapters?: readonly AdapterFile[];
}

const STEP_TOKENS_MAX = 512;

interface LlamaEngineSampler extends EngineSampler {
  readonly native: LlamaSampler;
}

/** llama.cpp as the loop drives it: a batch is put together, decoded and drawn from by us. */
export async function openLlamaEngine(options: LlamaEngineOptions): Promise<TextEngine> {
  const { template, bytesOf, tokenBytesMax, vocabularySize, architecture } = readHead(options.file);
  const binding = await loadLlamaBinding(options.device);
  const model = await loadLlamaModel(binding, options.file, { device: options.device, architecture });
  const adapters = await loadAdapters(binding, model, options.adapters ?? []);
  const contextTokens = Math.min(options.contextTokens, model.getTrainContextSize());
  const context = new binding.AddonContext(model, {
    contextSize: contextTokens * options.sequences,
    batchSize: STEP_TOKENS_MAX,
    sequences: options.sequences,
    flashAttention: true,
    threads: options.threads,
  });
  if (!(await context.init())) throw new ModelRuntimeError('llama.cpp has no memory for the context.');
  context.setThreads(options.threads);
  const render = template === null ? null : templateRenderer(binding, template);
  const bos = model.tokenBos();
  const nameOf = (token: number) => (token < 0 ? '' : model.detokenize(Uint32Array.of(token), true));
  const special = { bos: nameOf(bos), eos: nameOf(model.tokenEos()) };
  const untouched = new Map<number, LlamaSampler>();
  let applied: string | null = null;

  function tokensOf(prompt: Prompt): readonly number[] {
    if (prompt.kind === 'text') {
      const tokens = [...model.tokenize(prompt.text, false)];
      return model.shouldPrependBosToken() || tokens.length === 0 ? [bos, ...tokens] : tokens;
    }
    if (!render) throw new ModelRuntimeError('The model has no chat template.');
    const parts = chatPromptParts(render, special, prompt.messages);
    const tokens = parts.flatMap(({ text, fromTemplate }) => [...model.tokenize(text, fromTemplate)]);
    return model.shouldPrependBosToken() && tokens[0] !== bos ? [bos, ...tokens] : tokens;
  }

  /**
   * Draws nothing that is used: it hands out the logits before anything changed them. One for each sequence, since those of a
   * step are drawn from at the same time.
   */
  function untouchedOf(sequence: number): LlamaSampler {
    const known = untouched.get(sequence);
    if (known) return known;
    const native = new binding.AddonSampler(model);
    native.applyConfig({});
    untouched.set(sequence, native);
    return native;
  }

  async function draw(logits: number, { sequence, sampler, logprobs }: StepPart): Promise<DrawnToken | null> {
    const { native } = sampler as LlamaEngineSampler;
    const token = await context.sampleToken(logits, native);
    if (logprobs === null || token < 0) return { token, logprobs: null };
    const [, , , values, total] = await context.sampleToken(
      logits,
      untouchedOf(sequence),
      false,
      false,
      [[token], false, false, false, Math.max(1, logprobs)],
      true,
    );
    return { token, logprobs: toLogprobs(token, logprobs, values, total) };
  }

  /** llama.cpp adapts a context, not a sequence of it. */
  function apply(adapter: string | null) {
    if (adapter === applied) return;
    const lora = adapter === null ? null : adapters.get(adapter);
    if (lora === undefined) throw new ModelRuntimeError(`There is no adapter ${adapter}.`);
    context.setLoras(lora ? [lora] : [], lora ? [1] : []);
    applied = adapter;
  }

  /** By sequence: llama.cpp computes at once what stands in a row of consecutive ones, and the rest on its own. */
  async function decode(parts: readonly StepPart[]): Promise<readonly (DrawnToken | null)[]> {
    context.initBatch(parts.reduce((sum, { tokens }) => sum + tokens.length, 0));
    const logits = parts.map(
      ({ sequence, position, tokens, sampler }) =>
        context.addToBatch(
          sequence,
          position,
          Uint32Array.from(tokens),
          Uint32Array.from(sampler ? [tokens.length - 1] : []),
        )[0],
    );
    await context.decodeBatch();
    return Promise.all(
      parts.map((part, index) => {
        const at = logits[index];
        return part.sampler && at !== undefined ? draw(at, part) : null;
      }),
    );
  }

  return {
    limits: { sequences: options.sequences, contextTokens, stepTokensMax: STEP_TOKENS_MAX, tokenBytesMax },
    preamble: render ? preambleOf(tokensOf) : [],
    tokensOf,
    isToken: (token) => token >= 0 && token < vocabularySize,
    // A grammar that allows nothing more gives no token.
    isEnd: (token) => token < 0 || model.isEogToken(token),
    textOf: (tokens) => model.detokenize(Uint32Array.from(tokens), false),
    bytesOf,
    openSampler(settings) {
      const native = new binding.AddonSampler(model);
      native.applyConfig(llamaSamplerSettings(settings, grammarState(settings)));
      return { native, close: () => native.dispose() } as LlamaEngineSampler;
    },
    async step(parts) {
      const drawn = new Map<StepPart, DrawnToken | null>();
      for (const [adapter, together] of byAdapter(parts, applied)) {
        apply(adapter);
        const inRows = together.toSorted((a, b) => a.sequence - b.sequence);
        const tokens = await decode(inRows);
        inRows.forEach((part, index) => drawn.set(part, tokens[index] ?? null));
      }
      return parts.map((part) => drawn.get(part) ?? null);
    },
    forget(sequence, position) {
      context.removeTokenCellsFromSequence(sequence, position, -1);
    },
    async copy(from, to) {
      await context.copySequenceStateFromOtherSequence(to, from);
    },
  };

  function grammarState({ grammar }: SamplerSettings): object | null {
    if (grammar === null) return null;
    const parsed = new binding.AddonGrammar(grammar, { addonExports: binding });
    return new binding.AddonGrammarEvaluationState(model, parsed);
  }
}

async function loadAdapters(
  binding: LlamaBinding,
  model: LlamaModel,
  files: readonly AdapterFile[],
): Promise<ReadonlyMap<string, LlamaLora>> {
  const loaded = new Map<string, LlamaLora>();
  for (const { id, file } of files) {
    const lora = new binding.AddonModelLora(model, file);
    await model.loadLora(lora).catch((cause: unknown) => {
      throw new ModelRuntimeError(`${file} is no adapter of the model that is served.`, { cause });
    });
    loaded.set(id, lora);
  }
  return loaded;
}

/** What is decoded together, those first that need no change. */
function byAdapter(parts: readonly StepPart[], applied: string | null) {
  const groups = new Map<string | null, StepPart[]>();
  for (const part of parts) {
    const group = groups.get(part.adapter);
    if (group) group.push(part);
    else groups.set(part.adapter, [part]);
  }
  return [...groups].toSorted(([a], [b]) => Number(b === applied) - Number(a === applied));
}

function readHead(file: string) {
  return withGguf(file, ({ metadata }) => {
    const template = metadata.get('tokenizer.chat_template')?.value;
    const tokens = metadata.get('tokenizer.ggml.tokens')?.value;
    if (!Array.isArray(tokens)) throw new ModelRuntimeError(`${file} has no vocabulary.`);
    const pieces = tokens as readonly string[];
    const isByteLevel = metadata.get('tokenizer.ggml.model')?.value === 'gpt2';
    return {
      template: typeof template === 'string' ? template : null,
      vocabularySize: pieces.length,
      architecture: String(metadata.get('general.architecture')?.value),
      bytesOf: (token: number) => tokenBytes(pieces[token] ?? '', isByteLevel),
      tokenBytesMax: pieces.reduce((most, piece) => Math.max(most, tokenBytes(piece, isByteLevel).length), 1),
    };
  });
}

/** What two chats that differ from their first letter on have in common at the beginning. */
function preambleOf(tokensOf: (prompt: Prompt) => readonly number[]): readonly number[] {
  const chat = (content: string) => tokensOf({ kind: 'chat', messages: [{ role: 'user', content }] });
  const one = chat('a');
  const other = chat('1');
  return one.slice(
    0,
    one.findIndex((token, index) => token !== other[index]),
  );
}

function toLogprobs(
  token: number,
  wanted: number,
  logits: readonly number[],
  total: number,
): NonNullable<DrawnToken['logprobs']> {
  const greatest = logits[1] ?? 0;
  const logprob = (logit: number) => logit - greatest - Math.log(total);
  const pairs = Array.from({ length: logits.length / 2 }, (_, index) => {
    return [logits[2 * index] as number, logprob(logits[2 * index + 1] as number)] as const;
  });
  const chosen = pairs.find(([other]) => other === token)?.[1] ?? Number.NEGATIVE_INFINITY;
  return { chosen, alternatives: pairs.slice(0, wanted) };
}
