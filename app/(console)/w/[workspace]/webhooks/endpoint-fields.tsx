'use client';
import { useId } from 'react';
import {
  endpointSettingsSchema,
  type SubscribableEventType,
  subscribableEventTypes,
  webhookEvents,
} from '#server/domain/webhooks/schema.ts';
import { Field } from '../../../../_components/field.tsx';

export interface EndpointDraft {
  readonly url: string;
  readonly eventTypes: readonly SubscribableEventType[];
}

interface EndpointFieldsProps {
  readonly draft: EndpointDraft;
  readonly onChange: (draft: EndpointDraft) => void;
  /** Whether to say what is missing. */
  readonly submitted: boolean;
}

/** Where events go, and which. */
export function EndpointFields({ draft, onChange, submitted }: EndpointFieldsProps) {
  const id = useId();
  const parsed = endpointSettingsSchema.safeParse(draft);
  const complaint = (name: keyof EndpointDraft) =>
    submitted ? parsed.error?.issues.find(({ path }) => path[0] === name)?.message : undefined;
  const toggle = (type: SubscribableEventType) =>
    onChange({
      ...draft,
      eventTypes: subscribableEventTypes.filter((each) =>
        each === type ? !draft.eventTypes.includes(type) : draft.eventTypes.includes(each),
      ),
    });
  const typesError = complaint('eventTypes');
  return (
    <>
      <Field
        label="Address"
        help="Public, over https. It answers each POST with 2xx within 15 s."
        placeholder="https://example.com/webhooks"
        type="url"
        inputMode="url"
        value={draft.url}
        autoFocus
        autoComplete="off"
        error={complaint('url')}
        onChange={(event) => onChange({ ...draft, url: event.target.value })}
      />
      <fieldset className="field" aria-describedby={typesError ? 'events-error' : undefined}>
        <legend className="label mb-1">Events</legend>
        {subscribableEventTypes.map((type) => (
          <div key={type} className="check">
            <input
              id={`${id}-${type}`}
              type="checkbox"
              checked={draft.eventTypes.includes(type)}
              aria-invalid={typesError ? true : undefined}
              aria-describedby={`${id}-${type}-meaning`}
              onChange={() => toggle(type)}
            />
            <label htmlFor={`${id}-${type}`} className="font-mono">
              {type}
            </label>
            <span id={`${id}-${type}-meaning`} className="help">
              {webhookEvents[type].meaning}
            </span>
          </div>
        ))}
        {typesError && (
          <p id="events-error" className="field-error" role="alert">
            {typesError}
          </p>
        )}
      </fieldset>
    </>
  );
}
