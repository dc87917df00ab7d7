import type { z } from '@hono/zod-openapi';
import { DomainError, type ErrorCode } from '#server/domain/errors.ts';

type Issue = z.core.$ZodIssue;

const fieldCharactersMax = 64;

/** The first thing that is wrong, as the caller is told it: a code, a sentence, the field. */
export function issueToError(issues: readonly Issue[]): DomainError {
  const issue = issues[0];
  if (!issue) return new DomainError('invalid_request', 'The body is not valid.');
  return describe(deepest(issue));
}

function describe(issue: Issue): DomainError {
  if (issue.code === 'unrecognized_keys') {
    const field = pathOf([...issue.path, issue.keys[0] ?? '']);
    return new DomainError('unknown_field', `There is no field ${field}.`, { param: field });
  }
  return new DomainError(codeOf(issue), issue.message, { param: pathOf(issue.path) || undefined });
}

function codeOf(issue: Issue): ErrorCode {
  if (issue.code !== 'too_big') return 'invalid_request';
  if (issue.origin === 'array') return 'payload_too_large';
  return issue.origin === 'string' ? 'input_too_long' : 'invalid_request';
}

/** Of a union (a text or a list of texts) the branch that came furthest says what was meant. */
function deepest(issue: Issue, prefix: readonly PropertyKey[] = []): Issue {
  const path = [...prefix, ...issue.path];
  if (issue.code !== 'invalid_union') return { ...issue, path };
  const branches = issue.errors
    .map((branch) => branch[0])
    .filter((first) => first !== undefined)
    .map((first) => deepest(first, path));
  return branches.reduce((best, branch) => (isFurther(branch, best) ? branch : best), { ...issue, path });
}

/** A branch that failed on a value's content accepted its type. */
function isFurther(branch: Issue, best: Issue): boolean {
  if (branch.path.length !== best.path.length) return branch.path.length > best.path.length;
  return best.code === 'invalid_union' && branch.code !== 'invalid_type';
}

function pathOf(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>((so, part) => {
    if (typeof part === 'number') return `${so}[${part}]`;
    return so === '' ? String(part) : `${so}.${String(part)}`;
  }, '');
  return text.length > fieldCharactersMax ? `${text.slice(0, fieldCharactersMax)}…` : text;
}
