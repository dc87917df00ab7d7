import { encode } from 'next-auth/jwt';
import { sessionCookieName } from '#server/auth/session-cookie.ts';
import type { ControlPlaneServices } from '#server/domain/control-plane/services.ts';
import type { BadBody } from '#server/testing/bad-bodies.ts';
import { answerRpc, rpcPath } from '../answer-rpc.ts';
import type { Procedure } from './procedure-bodies.ts';

export interface ProcedureAnswer {
  /** Of the body that was sent. */
  readonly name: string;
  /** tRPC's, or OK. */
  readonly code: string;
  readonly text: string;
}

interface WireAnswer {
  readonly error?: { readonly json: { readonly data: { readonly code: string } } };
}

/** Those of one batch run at the same time. */
const callsAtOnce = 20;

/** Through the door, as whoever has the session; undefined: nobody. */
export async function askProcedure(
  services: ControlPlaneServices,
  { procedure, sessionId }: { readonly procedure: Procedure; readonly sessionId: string | undefined },
  bodies: readonly BadBody[],
): Promise<readonly ProcedureAnswer[]> {
  const { name, type } = procedure;
  const cookie = sessionId ? await cookieOf(services, sessionId) : '';
  const answers: ProcedureAnswer[] = [];
  for (let at = 0; at < bodies.length; at += callsAtOnce) {
    const sent = bodies.slice(at, at + callsAtOnce);
    const path = `${rpcPath}/${sent.map(() => name).join(',')}?batch=1`;
    const input = `{${sent.map(({ raw }, i) => `"${i}":${raw}`).join(',')}}`;
    const url = `${services.webUrl}${path}${type === 'query' ? `&input=${encodeURIComponent(input)}` : ''}`;
    const headers = {
      cookie,
      'x-modelyard-client-address': '203.0.113.5',
      'content-type': 'application/json',
    };
    const request = new Request(
      url,
      type === 'query' ? { headers } : { headers, method: 'POST', body: input },
    );
    const text = await (await answerRpc(request, services)).text();
    const each: unknown = JSON.parse(text);
    if (!Array.isArray(each) || each.length !== sent.length)
      throw new Error(`${name}: ${text.slice(0, 500)}`);
    for (const [i, answer] of (each as WireAnswer[]).entries()) {
      const code = answer.error?.json.data.code ?? 'OK';
      answers.push({ name: `${name}, ${sent[i]?.name}`, code, text: JSON.stringify(answer) });
    }
  }
  return answers;
}

async function cookieOf({ sessionSecret, webUrl }: ControlPlaneServices, sessionId: string): Promise<string> {
  return `${sessionCookieName(webUrl)}=${await encode({ token: { sessionId }, secret: sessionSecret })}`;
}
