'use client';
import { generationLimits, requestLimits } from '#server/domain/rate-limits/schema.ts';
import { FieldNote } from '../../../../_components/field.tsx';
import { TextArea } from '../../../../_components/text-area.tsx';
import { Conversation } from './conversation.tsx';
import { NumberField } from './number-param.tsx';
import type { AnswerFormat } from './response-format.ts';
import type { ConversationState } from './use-conversation.ts';

const formats = {
  text: 'Text',
  json: 'JSON',
  schema: 'JSON of a schema',
} as const satisfies Record<AnswerFormat, string>;

export function TextPanel({ state }: { state: ConversationState }) {
  return (
    <>
      <div className="settings min-w-0">
        <TextSettings state={state} />
      </div>
      <Conversation state={state} />
    </>
  );
}

/** What goes with every question. */
function TextSettings({ state }: { state: ConversationState }) {
  const { system, setSystem, params, format, setFormat, schema, setSchema, schemaError } = state;
  return (
    <>
      <div className="sec first">
        <h2 id="system">System prompt</h2>
      </div>
      <TextArea
        className="input area"
        aria-labelledby="system"
        rows={4}
        maxLength={requestLimits.textCharactersMax}
        placeholder="Answer in one sentence."
        value={system}
        onChange={(event) => setSystem(event.target.value)}
      />
      <div className="params mt-5">
        <NumberField
          label="Max tokens"
          param={params.maxTokens}
          placeholder={String(generationLimits.outputTokensDefault)}
        />
        <NumberField label="Temperature" param={params.temperature} placeholder="0.7" />
        <NumberField label="Top p" param={params.topP} placeholder="0.95" />
        <NumberField label="Seed" param={params.seed} placeholder="drawn" />
        <div className="field col-span-2">
          <label className="label" htmlFor="format">
            Answer as
          </label>
          <select
            id="format"
            className="input"
            value={format}
            onChange={(event) => setFormat(event.target.value === 'text' ? null : event.target.value)}
          >
            {Object.entries(formats).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </div>
        {format === 'schema' && (
          <div className="field col-span-2">
            <label className="label" htmlFor="schema">
              JSON schema
            </label>
            <TextArea
              id="schema"
              className="input area mono"
              rows={10}
              spellCheck={false}
              aria-invalid={schemaError ? true : undefined}
              aria-describedby="schema-note"
              value={schema}
              onChange={(event) => setSchema(event.target.value)}
            />
            <FieldNote id="schema-note" error={schemaError ?? undefined} />
          </div>
        )}
      </div>
    </>
  );
}
