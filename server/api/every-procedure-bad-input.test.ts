import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ControlPlaneServices } from '#server/domain/control-plane/services.ts';
import type { BadBody } from '#server/testing/bad-bodies.ts';
import {
  type ControlPlane,
  createControlPlane,
  createPerson,
  unlimited,
} from '#server/testing/control-plane.ts';
import { createWorkspace } from '#server/testing/factories.ts';
import { askProcedure, type ProcedureAnswer } from './testing/ask-procedure.ts';
import { createBelongings, rowsOf } from './testing/belongings.ts';
import { harmless, type Procedure, procedureBodies, procedures } from './testing/procedure-bodies.ts';
import { type Audience, type RightInput, rightInputs, type Target } from './testing/right-inputs.ts';

/** Each of their answers takes half a second of processor time: a password is hashed. */
const hashing = ['account.signUp', 'account.resetPassword'];
/** Ids that only narrow what is listed. */
const filters: readonly string[] = ['usage.overview.keyId', 'webhook.deliveries.cursor'];

let plane: ControlPlane;
let services: ControlPlaneServices;
let operatorSessionId: string;
let stranger: Target;
/** Whose ids are tried everywhere. */
let bystander: Target;
let bystandersRows: readonly string[];
let sent = 0;

beforeAll(async () => {
  plane = await createControlPlane();
  services = unlimited(plane);
  await createWorkspace(services.db, { kind: 'house' });
  operatorSessionId = (await createPerson(plane, { isOperator: true })).session.sessionId;
  stranger = (await createBelongings(plane)).target;
  bystander = (await createBelongings(plane)).target;
  bystandersRows = await rowsOf(plane, Object.values(bystander));
  expect(bystandersRows.length).toBeGreaterThan(10);
});
afterAll(() => plane.drop());

async function ask(
  procedure: Procedure,
  sessionId: string | undefined,
  bodies: readonly BadBody[],
): Promise<readonly ProcedureAnswer[]> {
  const answers = await askProcedure(services, { procedure, sessionId }, bodies);
  sent += answers.length;
  for (const { name, code, text } of answers) {
    expect(code, name).not.toBe('INTERNAL_SERVER_ERROR');
    expect(code, `${name} is held back by a limit`).not.toBe('TOO_MANY_REQUESTS');
    if (code === 'OK') continue;
    expect(text, name).not.toMatch(
      /\\n +at |\.ts\b|node_modules|SELECT|prisma|postgres|Zod|Unexpected token/i,
    );
    expect(text.length, name).toBeLessThan(1_000);
  }
  return answers;
}

function expectCodes(answers: readonly ProcedureAnswer[], codes: readonly string[]): void {
  for (const { name, code } of answers) expect(codes, name).toContain(code);
}

function rightInputOf({ name }: Procedure): RightInput {
  const right = rightInputs[name];
  if (!right) throw new Error(`${name} has no input here that it answers.`);
  return right;
}

const bodyOf = (input: object): BadBody => ({
  name: 'as it should be',
  raw: JSON.stringify({ json: input }),
});

function bodiesFor(procedure: Procedure, target: Target): readonly BadBody[] {
  const bodies = procedureBodies(procedure, rightInputOf(procedure).input(target));
  if (!hashing.includes(procedure.name)) return bodies;
  return bodies.filter(({ name }) => !harmless.some((value) => name.endsWith(`: ${value}`)));
}

/** What is right but for one id, which is the bystander's. */
function withForeignIds(
  procedure: Procedure,
  target: Target,
): readonly (BadBody & { readonly field: string })[] {
  const { input } = rightInputOf(procedure);
  const [own, foreign] = [input(target), input(bystander)] as Record<string, unknown>[];
  return Object.keys(own ?? {})
    .filter((field) => JSON.stringify(own?.[field]) !== JSON.stringify(foreign?.[field]))
    .map((field) => ({ ...bodyOf({ ...own, [field]: foreign?.[field] }), field }));
}

interface Case {
  readonly target: Target;
  readonly viewerSessionId: string;
  readonly right: BadBody;
  readonly bodies: readonly BadBody[];
}

const cases = new Map<string, Case>();

/** What a procedure is tried on: belongings that no other one is tried on. */
async function caseOf(procedure: Procedure): Promise<Case> {
  const known = cases.get(procedure.name);
  if (known) return known;
  const { target, viewerSessionId } = await createBelongings(plane);
  const right = bodyOf(rightInputOf(procedure).input(target));
  const made = { target, viewerSessionId, right, bodies: bodiesFor(procedure, target) };
  cases.set(procedure.name, made);
  return made;
}

const withAudience = (...audiences: readonly Audience[]) =>
  procedures.filter(({ name }) => audiences.some((audience) => rightInputs[name]?.audience === audience));
const owned = withAudience('whose it is');

describe('every procedure', () => {
  it('has an input here that it answers', () => {
    expect(Object.keys(rightInputs)).toEqual(procedures.map(({ name }) => name).sort());
  });

  it.each(procedures)('$name has all of its fields in it', (procedure) => {
    const { properties = {} } = procedure.schema;
    expect(Object.keys(rightInputOf(procedure).input(bystander)).sort()).toEqual(
      Object.keys(properties).sort(),
    );
  });

  it.each(withAudience('user', 'operator', 'whose it is'))('$name answers no one', async (procedure) => {
    const { right, bodies } = await caseOf(procedure);
    expectCodes(await ask(procedure, undefined, [right, ...bodies]), ['UNAUTHORIZED']);
  });

  it.each(withAudience('operator'))('$name is not there for users', async (procedure) => {
    const { right, bodies } = await caseOf(procedure);
    expectCodes(await ask(procedure, stranger.sessionId, [right, ...bodies]), ['NOT_FOUND']);
  });

  it.each(owned)('$name changes nothing for those who may not, whatever they send', async (procedure) => {
    const { target, viewerSessionId, right, bodies } = await caseOf(procedure);
    const before = await rowsOf(plane, Object.values(target));
    const people = [stranger.sessionId, operatorSessionId, viewerSessionId];
    for (const [i, sessionId] of people.entries()) {
      const share = bodies.filter((_, at) => at % people.length === i);
      const answers = await ask(procedure, sessionId, [right, ...share]);
      if (sessionId !== viewerSessionId) expectCodes(answers, ['NOT_FOUND', 'BAD_REQUEST']);
      else if (procedure.type === 'mutation') expectCodes(answers, ['NOT_FOUND', 'BAD_REQUEST', 'FORBIDDEN']);
    }
    expect(await rowsOf(plane, Object.values(target))).toEqual(before);
  });

  it.each(owned)("$name finds nothing of another workspace under one's own", async (procedure) => {
    const { target } = await caseOf(procedure);
    for (const { field, ...foreign } of withForeignIds(procedure, target)) {
      const [answer] = await ask(procedure, target.sessionId, [foreign]);
      const isFilter = filters.includes(`${procedure.name}.${field}`);
      expect(answer?.code, `${procedure.name}, ${field}`).toBe(isFilter ? 'OK' : 'NOT_FOUND');
      for (const id of Object.values(bystander)) expect(answer?.text).not.toContain(id);
    }
  });

  it.each(procedures)('$name answers what is right, and fails at nothing', async (procedure) => {
    const { target, right, bodies } = await caseOf(procedure);
    const sessionIds: Readonly<Record<Audience, string | undefined>> = {
      anyone: undefined,
      operator: operatorSessionId,
      user: target.sessionId,
      'whose it is': target.sessionId,
    };
    const sessionId = sessionIds[rightInputOf(procedure).audience];
    const [answer] = await ask(procedure, sessionId, [right]);
    expect(answer?.code, answer?.text).toBe('OK');
    await ask(procedure, sessionId, bodies);
  });

  it('left what is theirs to those who had no part in it', async () => {
    expect(sent).toBeGreaterThan(8_000);
    expect(await rowsOf(plane, Object.values(bystander))).toEqual(bystandersRows);
    expect(plane.logLines).toEqual([]);
  });
});
