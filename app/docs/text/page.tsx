import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl } from '#server/api/addresses.ts';
import { prices } from '#server/domain/billing/schema.ts';
import { generationLimits, requestLimits } from '#server/domain/rate-limits/schema.ts';
import { CodeSample } from '../../_components/code-sample.tsx';
import { money } from '../../_format/money.ts';
import { count } from '../../_format/number.ts';
import { PolicyLedger } from '../../_safety/policy-ledger.tsx';
import { textEvents } from '../../_samples/answers.ts';
import { jsonCall, openAiCalls, textCalls } from '../../_samples/text-calls.ts';
import { safetyPolicy } from '../../_trpc/server.ts';
import { AnswerSample } from '../answer-sample.tsx';
import { FieldTable } from '../field-table.tsx';
import { Section } from '../section.tsx';
import { SchemaTable } from './schema-table.tsx';

export const metadata: Metadata = { title: 'Text' };

const million = 1_000_000;
const second = 1_000;
const kibibyte = 1_024;
const { microUsdPerInputUnit, microUsdPerOutputUnit } = prices['text-generation'];
const {
  messagesMax,
  contentPartsMax,
  choicesMax,
  stopsMax,
  stopCharactersMax,
  topLogprobsMax,
  logitBiasMax,
  outputTokensDefault,
  completionTokensDefault,
  schemaBytesMax,
  timeoutMs,
  stalledReaderMs,
} = generationLimits;

export default async function TextReferencePage() {
  const api = apiUrl();
  const policy = await safetyPolicy();
  return (
    <>
      <h1>Text</h1>
      <p className="lead">
        A text that goes on, or the next message of a conversation: whole, or piece by piece while it is being
        written.
      </p>
      <div className="grid gap-3">
        <CodeSample label="A stream" variants={textCalls(api)} />
        <AnswerSample answer={textEvents} name="events" />
        <CodeSample label="With OpenAI’s client" variants={openAiCalls(api)} />
      </div>
      <Section id="request" title="The request">
        <p>
          <code>POST /v1/text/generate</code>, a JSON object. A field that is not listed is refused with{' '}
          <code>unknown_field</code>; null is the same as left out. What the model behind the path can not
          promise to heed (some have no <code>top_k</code>, or can not cut a prompt) is refused by name with{' '}
          <code>invalid_request</code>, rather than ignored.
        </p>
        <FieldTable
          label="Fields of the request"
          fields={[
            [
              'prompt',
              'string',
              `A text to go on with, of up to ${count(requestLimits.textCharactersMax)} characters.`,
            ],
            [
              'messages',
              'list of objects',
              `Instead of prompt: a conversation of up to ${messagesMax} messages {"role", "content"}, the oldest first. Roles are system (or developer), user and assistant; content is a text, or a list of up to ${contentPartsMax} parts {"type": "text", "text"}.`,
            ],
            ['model', 'string', 'The model’s name: text-1, or an adapted one (below). Left out: text-1.'],
            ['max_tokens', 'integer', `Of each answer. Left out: ${outputTokensDefault}.`],
            ['temperature', 'number, 0 to 2', '0 takes the most probable token always. Left out: 0.7.'],
            ['top_p', 'number, 0 to 1', 'Nucleus sampling; 1 keeps all. Left out: 0.95.'],
            ['top_k', 'integer, 0 to 1,000', 'Keeps the most probable tokens. Left out, or 0: all.'],
            [
              'min_p',
              'number, 0 to 1',
              'Keeps what is at least this share of the most probable. Left out: 0, all.',
            ],
            ['seed', 'integer', 'The same seed draws the same text from the same version of the model.'],
            [
              'stop',
              'string or list of strings',
              `The text ends before the first of these. Up to ${stopsMax}, of up to ${stopCharactersMax} characters each.`,
            ],
            [
              'repetition_penalty',
              'number, 0.1 to 2',
              'Divides the logits of tokens that occurred in the answer so far. Left out: 1, no change.',
            ],
            [
              'presence_penalty, frequency_penalty',
              'number, −2 to 2',
              'Taken from the logits of what was written: once, or by count. Left out: 0.',
            ],
            [
              'logit_bias',
              'object',
              `Numbers of up to ${logitBiasMax} tokens, each with a number from −100 to 100 that is added to its logit.`,
            ],
            [
              'n',
              `integer, 1 to ${choicesMax}`,
              'Answers to the same prompt, which is charged once. Left out: 1.',
            ],
            [
              'logprobs',
              `integer, 0 to ${topLogprobsMax}`,
              'The log probability of each token, with so many alternatives.',
            ],
            ['response_format', 'object', 'Text, JSON, or JSON of a schema: see below.'],
            [
              'truncate',
              'boolean',
              'Cut the oldest of a prompt that leaves no room for the answer (for which at most half of the context is kept free), and say so, instead of 422.',
            ],
            ['stream', 'boolean', 'Send the text while it is being written.'],
          ]}
        />
      </Section>
      <Section id="answer" title="The answer">
        <FieldTable
          label="Fields of the answer"
          fields={[
            ['id', 'string', 'The request’s id, as in x-request-id.'],
            ['object', '"text_generation"', ''],
            ['model', 'string', 'The model that answered.'],
            ['truncated', 'boolean', 'Whether the prompt was cut. Only where truncate was asked for.'],
            ['data[].index', 'integer', 'Which of the n answers.'],
            ['data[].text', 'string', 'Without the stop sequence.'],
            [
              'data[].finish_reason',
              '"stop", "length" or "content_filter"',
              'stop: the model or a stop sequence ended it. length: max_tokens, the model’s context, the time limit, or the end of the quota did. content_filter: the safety policy did, or a filter of the engine that writes.',
            ],
            [
              'data[].logprobs[]',
              'object',
              'Of each token of the text: token, its bytes, logprob (a natural logarithm), and alternatives. Only where asked for; those of a stop sequence are counted and not told.',
            ],
            ['usage.input_tokens', 'integer', 'Tokens of the prompt, with those that say who speaks.'],
            ['usage.cached_tokens', 'integer', 'Of these, so many needed not be computed.'],
            ['usage.output_tokens', 'integer', 'Tokens that were written, of all answers.'],
            ['usage.units', 'integer', 'What counts against the quota: both together.'],
            ['usage.price_micro_usd', 'integer', 'What the call cost, in millionths of a dollar.'],
          ]}
        />
      </Section>
      <Section id="stream" title="A stream">
        <p>
          With <code>stream</code> the answer is <code>text/event-stream</code>: server-sent events, each with
          a name and one line of JSON, whose <code>id</code> is the same throughout.
        </p>
        <FieldTable
          label="Events of a stream"
          fields={[
            ['started', 'first', 'model, input_tokens, cached_tokens; truncated where asked for.'],
            ['text', 'any number', 'index and text, in whole characters; logprobs where asked for.'],
            [
              'finished',
              'last',
              'data[] with index and finish_reason, and usage. It is in the ledger by then.',
            ],
            [
              'error',
              'instead',
              'error, in the shape of every error. Nothing of the stream is charged, but see below.',
            ],
          ]}
        />
        <p>
          Who hangs up is charged for what was written until then. A stream that nobody reads for{' '}
          {stalledReaderMs / second} s is cut, and counts as hung up on. After {timeoutMs / second} s a text
          ends where it is. A server that is stopped may end it before with the error{' '}
          <code>server_stopping</code>; what was written by then is charged. Should a server or its database
          be lost in mid-stream, what was noted down of the stream about a second before is charged, never
          more than was written.
        </p>
      </Section>
      <Section id="json" title="JSON">
        <p>
          <code>{'{"type": "json_object"}'}</code> answers with an object of JSON,{' '}
          <code>{'{"type": "json_schema", "json_schema": {"name", "schema"}}'}</code> with JSON that the
          schema (of up to {schemaBytesMax / kibibyte} KiB) accepts, strict or not: tokens that would break it
          are never drawn. What can’t be kept is refused with its place and what to do instead; so is a schema
          whose patterns, bounds and branches leave too much open at once. An answer that <code>length</code>{' '}
          ended is cut short, and so no JSON. A schema as <code>value</code> or <code>schema</code> beside{' '}
          <code>json_object</code>, as other engines’ clients send it, is kept as well.
        </p>
        <SchemaTable />
        <CodeSample label="A shape that is asked for" variants={[jsonCall(api)]} />
      </Section>
      <Section id="openai" title="OpenAI’s API">
        <p>
          <code>POST /v1/chat/completions</code> and <code>POST /v1/completions</code> take and answer what
          OpenAI’s API describes, so its clients need only another address. A temperature that is left out is
          1 there; <code>max_tokens</code> is {outputTokensDefault} for chats and {completionTokensDefault}{' '}
          for completions. <code>top_k</code>, <code>min_p</code>, <code>repetition_penalty</code> and{' '}
          <code>truncate</code> are taken as above.
        </p>
        <p>
          Fields that change nothing are let through. Those that would change what the answer means and are
          not there are refused with 400 and their name as <code>param</code>: tools and functions, pictures
          and sound, <code>prediction</code>, <code>moderation</code>, <code>suffix</code>, a{' '}
          <code>best_of</code> other than <code>n</code>, <code>store: true</code>; lists of prompts or of
          token numbers; <code>echo</code> together with <code>logprobs</code>. So are those with which other
          engines behind this API take a shape, an end or a prompt: <code>guided_json</code> and its like,{' '}
          <code>structured_outputs</code>, <code>grammar</code>, <code>min_tokens</code>,{' '}
          <code>ignore_eos</code>, <code>continue_final_message</code>, <code>chat_template</code>. A shape is
          asked for by <code>response_format</code>.
        </p>
      </Section>
      <Section id="adapted" title="Adapted models">
        <p>
          <code>GET /v1/models</code> lists every model that writes. Beside <code>text-1</code> stand models
          that were made of it for one task (LoRA): they are called by their names on the same paths, at the
          same price.
        </p>
        <FieldTable
          label="Adapted models"
          head={['Model', 'Reads', 'What it does']}
          fields={[
            [
              'punctuation-1',
              'English prose',
              'Puts capitals and punctuation back. Ask with a temperature of 0: “Write this with capitals and punctuation: well she said i never thought of that”. It keeps every word of nine passages in ten, so compare where that matters.',
            ],
          ]}
        />
      </Section>
      <Section id="safety" title="Safety">
        <p>
          Whoever runs this service may keep the model from words, say something of their own to it, and have
          answers read by a classifier. In force here:
        </p>
        <PolicyLedger policy={policy} />
        <p>
          A prompt with a denied term is refused with 400 <code>content_policy_violation</code> before the
          model sees it, and nothing is charged; <code>param</code> names the prompt, not the term. An answer
          ends before a denied term, or before a sentence that the classifier refuses, with the finish reason{' '}
          <code>content_filter</code>; what was written until then is charged. In a stream, text that may be
          the beginning of a term comes once it is known that it is none; with a classifier, a stream comes
          sentence by sentence. A classifier that fails lets nothing pass: 503, not charged. Its reading costs
          nothing.
        </p>
        <p>
          Case, width and characters that can’t be seen make no difference to a term, and it stands for whole
          words. A house prompt stands before the system message of a conversation, and its tokens count as
          read. <Link href="/acceptable-use">Acceptable use</Link>
        </p>
      </Section>
      <Section id="cost" title="What it costs">
        <p>
          {money(microUsdPerInputUnit * million)} for a million tokens read,{' '}
          {money(microUsdPerOutputUnit * million)} for a million written; a unit of the quota is one token.
          Before it begins, the most that a call can cost is set aside, and what is not used is given back at
          its end: a <code>max_tokens</code> that fits lets more calls run at once.{' '}
          <Link href="/pricing">Prices and plans</Link>
        </p>
      </Section>
    </>
  );
}
