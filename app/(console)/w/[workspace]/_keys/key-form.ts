import {
  type ApiKeyControls,
  type ApiKeyItem,
  type ApiKeyScope,
  apiKeyControlsSchema,
  defaultApiKeyScopes,
} from '#server/domain/api-keys/schema.ts';
import type { Plan } from '#server/domain/billing/schema.ts';
import { budgetProblem, readDollars, writeDollars } from '../../../../_format/dollars.ts';
import { ungrouped } from '../../../../_format/typed-number.ts';

/** The controls of a key as they stand in fields: lists a line each, numbers as typed, empty for what the plan has. */
export interface KeyForm {
  readonly scopes: readonly ApiKeyScope[];
  readonly models: readonly string[];
  readonly allowedAddresses: string;
  readonly allowedOrigins: string;
  readonly requestsPerMinute: string;
  readonly unitsPerMinute: string;
  readonly concurrencyMax: string;
  readonly budgetUsd: string;
  readonly budgetIsHard: boolean;
}
export type KeyFormErrors = Readonly<Record<string, string | undefined>>;

export const newKeyForm: KeyForm = {
  scopes: defaultApiKeyScopes,
  models: [],
  allowedAddresses: '',
  allowedOrigins: '',
  requestsPerMinute: '',
  unitsPerMinute: '',
  concurrencyMax: '',
  budgetUsd: '',
  budgetIsHard: true,
};

export function keyFormOf(key: ApiKeyItem, plan: Plan): KeyForm {
  const own = (value: number | null, ofPlan: number) =>
    value === null || value === ofPlan ? '' : String(value);
  return {
    scopes: key.scopes,
    models: key.models,
    allowedAddresses: key.allowedAddresses.join('\n'),
    allowedOrigins: key.allowedOrigins.join('\n'),
    requestsPerMinute: own(key.requestsPerMinute, plan.requestsPerMinute),
    unitsPerMinute: own(key.unitsPerMinute, plan.unitsPerMinute),
    concurrencyMax: own(key.concurrencyMax, plan.concurrencyMax),
    budgetUsd: writeDollars(key.budget),
    budgetIsHard: key.budget?.isHard ?? true,
  };
}

/** What the fields say, or what is wrong with which of them. */
export function readKeyForm(
  form: KeyForm,
  plan: Plan,
): { readonly controls: ApiKeyControls } | { readonly errors: KeyFormErrors } {
  const microUsd = readDollars(form.budgetUsd);
  const parsed = apiKeyControlsSchema.safeParse({
    scopes: form.scopes,
    models: form.models,
    allowedAddresses: linesOf(form.allowedAddresses),
    allowedOrigins: linesOf(form.allowedOrigins),
    requestsPerMinute: numberOr(form.requestsPerMinute, plan.requestsPerMinute),
    unitsPerMinute: numberOr(form.unitsPerMinute, plan.unitsPerMinute),
    concurrencyMax: numberOr(form.concurrencyMax, null),
    budget: microUsd === null ? null : { microUsd, isHard: form.budgetIsHard },
  });
  if (parsed.success) return { controls: parsed.data };
  const errors: Record<string, string> = {};
  for (const { path, message } of parsed.error.issues) {
    const field = String(path[0]);
    const line = typeof path[1] === 'number' ? `Line ${path[1] + 1}: ` : '';
    errors[field] ??= field === 'budget' ? budgetProblem : `${line}${message}`;
  }
  return { errors };
}

/** What differs: saving one field must not undo what somebody else has changed in another since. */
export function changesOf(controls: ApiKeyControls, before: ApiKeyControls): ApiKeyControls {
  const was: Readonly<Record<string, unknown>> = before;
  return Object.fromEntries(
    Object.entries(controls).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name])),
  );
}

function linesOf(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function numberOr<Empty>(text: string, empty: Empty): number | Empty {
  const typed = ungrouped(text);
  return typed === '' ? empty : Number(typed);
}
