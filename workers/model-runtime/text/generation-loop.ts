import type { GenerationEvent, GenerationInput, GenerationRefusal } from '../text-generator.ts';
import { type AnswerText, createAnswerText } from './answer-text.ts';
import { type FittedPrompt, fitPrompt } from './fit-prompt.ts';
import { createHeldLogprobs, type HeldLogprobs } from './held-logprobs.ts';
import { createSequencePool } from './sequence-pool.ts';
import { planStep } from './step-plan.ts';
import { type DrawnToken, type EngineSampler, TemplateRefusedError, type TextEngine } from './text-engine.ts';
import { tokenLogprob } from './token-logprob.ts';
import { nextInLine } from './waiting-line.ts';

export interface GenerationRequest {
  readonly id: number;
  readonly lane: string;
  /** With which the model writes; null: with none. */
  readonly adapter: string | null;
  readonly input: GenerationInput;
  /** Of the format that the input asks for. */
  readonly grammar: string | null;
}

/** What becomes of a request, in order; the last of each is `refused`, `failed` or `ended`. */
export interface GenerationListener {
  event(id: number, event: GenerationEvent): void;
  refused(id: number, refusal: GenerationRefusal): void;
  failed(id: number, reason: string): void;
  ended(id: number): void;
}

export interface GenerationLoop {
  start(request: GenerationRequest): void;
  /** Its choices are finished as they are. */
  cancel(id: number): void;
}

export interface GenerationLoopOptions {
  readonly engine: TextEngine;
  readonly listener: GenerationListener;
  /** Sequences that one lane may have at the same time. */
  readonly laneSequencesMax: number;
  /** How long a sequence keeps what it read, for a prompt that begins alike. */
  readonly keepMs: number;
  /** Of prompts, in a step in which answers are written. */
  readonly promptTokensMax: number;
  readonly now?: () => number;
}

interface Request extends GenerationRequest {
  readonly prompt: readonly number[];
  readonly truncated: boolean;
  readonly choices: readonly Choice[];
  started: boolean;
  unfinished: number;
}

interface Choice {
  readonly request: Request;
  readonly index: number;
  readonly lane: string;
  readonly answer: AnswerText;
  readonly logprobs: HeldLogprobs;
  /** Prompt and answer. */
  readonly tokens: number[];
  /** So many of them are in the cache. */
  read: number;
  made: number;
  state: 'waiting' | 'going' | 'finished';
  sequence: number;
  sampler: EngineSampler | null;
  lastStep: number;
}

/**
 * Continuous batching (Yu et al., "Orca", 2022): requests join between two steps, and leave as soon as they are through,
 * whatever the others do. Runs as long as there is something to do.
 */
export function createGenerationLoop(options: GenerationLoopOptions): GenerationLoop {
  const { engine, listener, now = Date.now } = options;
  const { contextTokens, sequences, stepTokensMax } = engine.limits;
  const pool = createSequencePool({ sequences, preamble: engine.preamble, now, keepMs: options.keepMs });
  const requests = new Map<number, Request>();
  let choices: Choice[] = [];
  let steps = 0;
  let running = false;
  let expiry: NodeJS.Timeout | undefined;

  function start(given: GenerationRequest) {
    const { id, input } = given;
    const unknown = input.sampling.logitBias.find(([token]) => !engine.isToken(token));
    if (unknown) return listener.refused(id, { refused: 'unknown_token', token: unknown[0] });
    const fitted = fitOrNull(input);
    if (!fitted) return listener.refused(id, { refused: 'template' });
    if (!fitted.tokens) return listener.refused(id, { refused: 'prompt_too_long', contextTokens });
    if (fitted.tokens.length > fitted.room) {
      return listener.refused(id, { refused: 'input_too_long', tokens: fitted.tokens.length, contextTokens });
    }
    const request: Request = {
      ...given,
      prompt: fitted.tokens,
      truncated: fitted.truncated,
      choices: [],
      started: false,
      unfinished: input.choices,
    };
    const made = Array.from({ length: input.choices }, (_, index) => newChoice(request, index));
    Object.assign(request, { choices: made });
    requests.set(id, request);
    choices.push(...made);
    run();
  }

  function fitOrNull(input: GenerationInput): FittedPrompt | null {
    try {
      return fitPrompt(engine, input);
    } catch (error) {
      if (error instanceof TemplateRefusedError) return null;
      throw error;
    }
  }

  function newChoice(request: Request, index: number): Choice {
    return {
      request,
      index,
      lane: request.lane,
      answer: createAnswerText({ textOf: engine.textOf, stop: request.input.stop }),
      logprobs: createHeldLogprobs(),
      tokens: [...request.prompt],
      read: 0,
      made: 0,
      state: 'waiting',
      sequence: -1,
      sampler: null,
      lastStep: 0,
    };
  }

  function cancel(id: number) {
    const request = requests.get(id);
    for (const choice of request?.choices ?? []) {
      if (choice.state !== 'finished') finish(choice, 'cancelled');
    }
  }

  async function run() {
    if (running) return;
    running = true;
    clearTimeout(expiry);
    while (choices.length > 0) {
      await seat();
      await step();
      for (const choice of choices.filter(({ state }) => state === 'finished')) leave(choice);
    }
    running = false;
    expiry = setTimeout(forgetOld, options.keepMs);
    expiry.unref();
  }

  /** Gives the sequences that are free to those that wait. */
  async function seat() {
    forgetOld();
    for (;;) {
      const going = choices.filter(({ state }) => state === 'going');
      if (going.length >= sequences) return;
      const counts = new Map<string, number>();
      for (const { lane } of going) counts.set(lane, (counts.get(lane) ?? 0) + 1);
      const has = (lane: string) => counts.get(lane) ?? 0;
      const waiting = choices.filter((choice) => choice.state === 'waiting' && isFirstRead(choice));
      const choice = nextInLine(waiting, has, options.laneSequencesMax);
      const taken = choice && pool.take(choice.lane, choice.request.adapter, choice.request.prompt);
      if (!choice || !taken) return;
      choice.state = 'going';
      choice.sequence = taken.sequence;
      choice.read = taken.cached;
      try {
        if (taken.copyOf !== null) await engine.copy(taken.copyOf, taken.sequence);
        engine.forget(taken.sequence, taken.cached);
        choice.sampler ??= openSampler(choice);
      } catch (error) {
        fail(choice.request, error);
        continue;
      }
      announce(choice);
    }
  }

  /** The other choices go on from the prompt that the first one has read. */
  function isFirstRead({ request, index }: Choice): boolean {
    const first = request.choices[0] as Choice;
    return index === 0 || first.state === 'finished' || first.made > 0;
  }

  function openSampler({ request, index }: Choice): EngineSampler {
    const { sampling, outputTokensMax } = request.input;
    const seed = (sampling.seed + index) >>> 0;
    return engine.openSampler({ ...sampling, seed, outputTokensMax, grammar: request.grammar });
  }

  function announce({ request, read, state }: Choice) {
    if (request.started || state === 'finished') return;
    request.started = true;
    const { prompt, truncated } = request;
    listener.event(request.id, {
      kind: 'started',
      inputTokens: prompt.length,
      cachedTokens: read,
      truncated,
    });
  }

  async function step() {
    const going = choices.filter(({ state }) => state === 'going');
    const planned = planStep(
      going.map((choice) => ({ ...choice, choice, unread: choice.tokens.length - choice.read })),
      { tokensMax: stepTokensMax, promptTokensMax: options.promptTokensMax },
    ).map(({ going: { choice }, tokens }) => ({ choice, tokens }));
    if (planned.length === 0) return;
    steps++;
    const parts = planned.map(({ choice, tokens }) => {
      choice.lastStep = steps;
      const isWhole = choice.read + tokens === choice.tokens.length;
      return {
        sequence: choice.sequence,
        adapter: choice.request.adapter,
        position: choice.read,
        tokens: choice.tokens.slice(choice.read, choice.read + tokens),
        sampler: isWhole ? choice.sampler : null,
        logprobs: choice.request.input.logprobs,
      };
    });
    try {
      const drawn = await engine.step(parts);
      planned.forEach(({ choice, tokens }, index) => {
        choice.read += tokens;
        if (choice.state === 'going') pool.note(choice.sequence, choice.tokens.slice(0, choice.read));
        const token = drawn[index];
        if (token && choice.state === 'going') take(choice, token);
      });
    } catch (error) {
      for (const { choice } of planned) fail(choice.request, error);
    }
  }

  function take(choice: Choice, drawn: DrawnToken) {
    if (engine.isEnd(drawn.token)) return finish(choice, 'stop');
    const { input } = choice.request;
    choice.tokens.push(drawn.token);
    choice.made++;
    const { text, stopped, added } = choice.answer.push(drawn.token);
    if (drawn.logprobs) choice.logprobs.push(tokenLogprob(engine, drawn.token, drawn.logprobs), added);
    tell(choice, text, 1);
    if (stopped) return finish(choice, 'stop');
    if (choice.made >= input.outputTokensMax || choice.tokens.length >= contextTokens)
      finish(choice, 'length');
  }

  function tell({ request, index, logprobs: held }: Choice, text: string, tokens: number) {
    const logprobs = request.input.logprobs === null ? null : held.tell(text.length);
    listener.event(request.id, { kind: 'text', choice: index, text, tokens, logprobs });
  }

  /** Its sequence is given back once no step is under way that uses it. */
  function finish(choice: Choice, reason: 'stop' | 'length' | 'cancelled') {
    const { request } = choice;
    const wasGoing = choice.state === 'going';
    choice.state = 'finished';
    if (request.started) {
      const rest = reason === 'cancelled' ? '' : choice.answer.end();
      if (rest) tell(choice, rest, 0);
      listener.event(request.id, {
        kind: 'finished',
        choice: choice.index,
        reason,
        outputTokens: choice.made,
      });
    }
    if (!wasGoing) choices = choices.filter((one) => one !== choice);
    if (--request.unfinished === 0) {
      requests.delete(request.id);
      listener.ended(request.id);
    }
  }

  function leave(choice: Choice) {
    choices = choices.filter((one) => one !== choice);
    choice.sampler?.close();
    if (choice.sequence >= 0) pool.giveBack(choice.sequence, choice.tokens.slice(0, choice.read));
  }

  function fail(request: Request, error: unknown) {
    if (!requests.delete(request.id)) return;
    for (const choice of request.choices) {
      choice.state = 'finished';
      choice.read = 0;
    }
    listener.failed(request.id, String(error));
  }

  function forgetOld() {
    for (const sequence of pool.expire()) engine.forget(sequence, 0);
  }

  return { start, cancel };
}
