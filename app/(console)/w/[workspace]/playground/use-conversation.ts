'use client';
import { useCallback, useEffect, useState } from 'react';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';
import { generationLimits } from '#server/domain/rate-limits/schema.ts';
import type { CallRefusal } from '../../../../_calls/ask-api.ts';
import { askText, type TextAnswer, type TextQuestion, type TextSoFar } from '../../../../_calls/ask-text.ts';
import { type Asked, useAsk } from '../../../../_calls/use-ask.ts';
import { useUrlParam } from '../../../../_components/use-url-param.ts';
import { count, fixed, plural } from '../../../../_format/number.ts';
import { jsonRequestCode } from '../../../../_samples/request-code.ts';
import type { LastCall, PanelRun } from './call-of-panel.ts';
import { type NumberParam, useNumberParam } from './number-param.tsx';
import { type AnswerFormat, answerFormats, toResponseFormat } from './response-format.ts';
import type { NoteRun } from './use-runs.ts';

export interface ChatTurn {
  readonly role: 'user' | 'assistant';
  readonly content: string;
  /** Of an answer: why it ended. `stopped`: somebody hung up. */
  readonly ending: string | null;
  /** Of an answer that was stopped: its receipt says what it cost. */
  readonly requestId: string | null;
}

export interface ConversationState extends PanelRun {
  readonly turns: readonly ChatTurn[];
  /** The answer that is being written. */
  readonly soFar: TextSoFar | null;
  readonly asked: Asked<TextAnswer>;
  readonly draft: string;
  readonly setDraft: (draft: string) => void;
  readonly system: string;
  readonly setSystem: (system: string) => void;
  readonly format: AnswerFormat;
  readonly setFormat: (format: string | null) => void;
  readonly schema: string;
  readonly setSchema: (schema: string) => void;
  readonly schemaError: string | null;
  readonly params: Readonly<Record<'maxTokens' | 'temperature' | 'topP' | 'seed', NumberParam>>;
  readonly clear: () => void;
}

const firstDraft = 'Write two sentences about a lighthouse.';
const firstSchema = `{
  "type": "object",
  "properties": {
    "name": {"type": "string", "maxLength": 40},
    "age": {"type": "integer"}
  },
  "required": ["name", "age"],
  "additionalProperties": false
}`;
const second = 1_000;

/** A chat: what was said so far goes with each question. Stopping hangs up, and the model stops too. */
export function useConversation({ apiUrl, note }: { apiUrl: string; note: NoteRun }): ConversationState {
  const [turns, setTurns] = useState<readonly ChatTurn[]>([]);
  const [draft, setDraft] = useState(firstDraft);
  const [system, setSystem] = useState('');
  const [schema, setSchema] = useState(firstSchema);
  const [givenFormat, setFormat] = useUrlParam('format');
  const [question, setQuestion] = useState<TextQuestion | null>(null);
  const [soFar, setSoFar] = useState<TextSoFar | null>(null);
  const [told, setTold] = useState<TextAnswer | null>(null);
  const [toldRefusal, setToldRefusal] = useState<CallRefusal | null>(null);
  const params = {
    maxTokens: useNumberParam('max_tokens', {
      min: 1,
      max: generationLimits.outputTokensMax,
      isWhole: true,
    }),
    temperature: useNumberParam('temperature', { min: 0, max: 2 }),
    topP: useNumberParam('top_p', { min: 0, max: 1 }),
    seed: useNumberParam('seed', { min: 0, max: Number.MAX_SAFE_INTEGER, isWhole: true }),
  };
  const ask = useCallback(
    (key: ShortLivedKey, asked: TextQuestion, signal: AbortSignal) =>
      askText(key, asked, signal, (written) => !signal.aborted && setSoFar(written)),
    [],
  );
  const asked = useAsk({ question, ask, pauseMs: 0 });
  const { answer, refusal, asking } = asked;
  const format = answerFormats.find((one) => one === givenFormat) ?? 'text';
  const responseFormat = toResponseFormat(format, schema);

  // An answer becomes a turn once, when it is whole.
  if (answer && answer !== told) {
    setTold(answer);
    setSoFar(null);
    setTurns([...turns, said('assistant', answer.text, answer.finishReason)]);
  }
  // What was not answered goes back to where it was written.
  if (refusal !== toldRefusal) {
    setToldRefusal(refusal);
    const last = turns.at(-1);
    if (refusal && last?.role === 'user') {
      setSoFar(null);
      setTurns(turns.slice(0, -1));
      setDraft(draft === '' ? last.content : draft);
    }
  }

  useEffect(() => {
    if (!answer) return;
    note({
      id: answer.id,
      task: 'Text',
      input: answer.prompt,
      answer: answer.text.trim() || '(nothing)',
      score: null,
      units: answer.usage.units,
      priceMicroUsd: answer.usage.price_micro_usd,
    });
  }, [answer, note]);

  const next = draft.trim();
  const body = {
    messages: [
      ...(system.trim() === '' ? [] : [{ role: 'system', content: system.trim() }]),
      ...turns.map(({ role, content }) => ({ role, content })),
      ...(next === '' ? [] : [{ role: 'user', content: next }]),
    ],
    ...given('max_tokens', params.maxTokens),
    ...given('temperature', params.temperature),
    ...given('top_p', params.topP),
    ...given('seed', params.seed),
    ...(responseFormat.value && { response_format: responseFormat.value }),
    stream: true,
  };

  function run(): void {
    setTurns([...turns, said('user', next, null)]);
    setDraft('');
    setSoFar({ id: null, text: '' });
    setQuestion({ body, prompt: next });
  }

  function stop(): void {
    setQuestion(null);
    setSoFar(null);
    if (soFar) setTurns([...turns, { ...said('assistant', soFar.text, 'stopped'), requestId: soFar.id }]);
  }

  return {
    turns,
    soFar: asking ? soFar : null,
    asked,
    draft,
    setDraft,
    system,
    setSystem,
    format,
    setFormat,
    schema,
    setSchema,
    schemaError: responseFormat.error,
    params,
    clear() {
      setQuestion(null);
      setSoFar(null);
      setTurns([]);
    },
    canRun:
      next !== '' &&
      responseFormat.error === null &&
      Object.values(params).every(({ value }) => value !== null),
    running: asking,
    stop,
    run,
    code: jsonRequestCode(apiUrl, { path: '/v1/text/generate', body, isStream: true }),
    call: answer && callOf(answer),
    stale: asking || refusal !== null || turns.at(-1)?.ending === 'stopped',
  };
}

function said(role: ChatTurn['role'], content: string, ending: string | null): ChatTurn {
  return { role, content, ending, requestId: null };
}

function given(name: string, { value }: NumberParam): object {
  return typeof value === 'number' ? { [name]: value } : {};
}

function callOf({ id, model, usage, firstWordsMs, wholeMs, raw }: TextAnswer): LastCall {
  const writingMs = wholeMs - firstWordsMs;
  // The first token is there when the clock starts.
  const perSecond = usage.output_tokens > 1 ? ((usage.output_tokens - 1) / writingMs) * second : null;
  return {
    id,
    lines: [
      [model, `${plural(usage.input_tokens, 'token')} read`],
      ['written', plural(usage.output_tokens, 'token')],
      ['speed', perSecond === null ? '—' : `${fixed(perSecond, 1)} tokens/s`],
      ['first words', `${count(firstWordsMs)} ms`],
      ['there and back', `${count(wholeMs)} ms`],
      ['units', count(usage.units)],
    ],
    priceMicroUsd: usage.price_micro_usd,
    raw,
  };
}
