'use client';
import { useQuery } from '@tanstack/react-query';
import { type ApiKeyScope, apiKeyScopes } from '#server/domain/api-keys/schema.ts';
import type { Plan } from '#server/domain/billing/schema.ts';
import { BudgetField } from '../../../../_components/budget-field.tsx';
import { Choices } from '../../../../_components/choices.tsx';
import { Field } from '../../../../_components/field.tsx';
import { LinesField } from '../../../../_components/lines-field.tsx';
import { count } from '../../../../_format/number.ts';
import { useRpc } from '../../../../_trpc/client.ts';
import type { KeyForm, KeyFormErrors } from './key-form.ts';

export const scopeNames = {
  sentiment: 'Sentiment',
  images: 'Images',
  embeddings: 'Embeddings',
  text: 'Text',
  feedback: 'Feedback',
  batches: 'Files and batches',
  'models:read': 'List of models',
  'usage:read': 'Usage and receipts',
} as const satisfies Record<ApiKeyScope, string>;

interface KeyFieldsProps {
  readonly form: KeyForm;
  readonly errors: KeyFormErrors;
  readonly plan: Plan;
  readonly readOnly?: boolean;
  readonly onChange: (changed: Partial<KeyForm>) => void;
}

export function ScopeChoices({ form, errors, readOnly = false, onChange }: KeyFieldsProps) {
  return (
    <Choices
      label="May call"
      choices={apiKeyScopes.map((value) => ({ value, name: scopeNames[value] }))}
      chosen={form.scopes}
      error={errors['scopes']}
      disabled={readOnly}
      onChange={(scopes) => onChange({ scopes })}
    />
  );
}

/** What may be left as it is: which models, from where, how much. */
export function KeyRestrictions({ form, errors, plan, readOnly = false, onChange }: KeyFieldsProps) {
  const rpc = useRpc();
  const { data: callable = [] } = useQuery(rpc.model.callable.queryOptions());
  const models = [...new Set([...callable, ...form.models])];
  const limits = [
    { name: 'requestsPerMinute', label: 'Calls a minute', most: plan.requestsPerMinute },
    { name: 'unitsPerMinute', label: 'Units a minute', most: plan.unitsPerMinute },
    { name: 'concurrencyMax', label: 'Calls at once', most: plan.concurrencyMax },
  ] as const;
  return (
    <>
      <Choices
        label="Models"
        choices={models.map((value) => ({ value, name: <code>{value}</code> }))}
        chosen={form.models}
        error={errors['models']}
        help={form.models.length === 0 ? 'None chosen: every model.' : 'Any other model is refused.'}
        disabled={readOnly}
        onChange={(chosen) => onChange({ models: chosen })}
      />
      <LinesField
        label="IP addresses"
        placeholder="203.0.113.0/24"
        value={form.allowedAddresses}
        error={errors['allowedAddresses']}
        help="It may be used from these addresses and networks alone, one a line. Empty: from anywhere."
        readOnly={readOnly}
        onChange={(allowedAddresses) => onChange({ allowedAddresses })}
      />
      <LinesField
        label="Pages in browsers"
        placeholder="https://app.example.com"
        value={form.allowedOrigins}
        error={errors['allowedOrigins']}
        help="Origins whose pages may use it, one a line. Empty: none. Whoever opens such a page can read the key: give it few scopes and a hard budget."
        readOnly={readOnly}
        onChange={(allowedOrigins) => onChange({ allowedOrigins })}
      />
      <div className="grid items-start gap-4 md:grid-cols-3">
        {limits.map(({ name, label, most }) => (
          <Field
            key={name}
            label={label}
            inputMode="numeric"
            autoComplete="off"
            placeholder={count(most)}
            value={form[name]}
            error={errors[name]}
            help={`Empty: the plan’s ${count(most)}.`}
            readOnly={readOnly}
            onChange={(event) => onChange({ [name]: event.target.value })}
          />
        ))}
      </div>
      <BudgetField
        usd={form.budgetUsd}
        isHard={form.budgetIsHard}
        error={errors['budget']}
        readOnly={readOnly}
        onChange={({ usd, isHard }) => onChange({ budgetUsd: usd, budgetIsHard: isHard })}
      />
    </>
  );
}
