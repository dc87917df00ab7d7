import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { quantile } from './quantile.ts';

/**
 * The load, in a process of its own so that its CPU is counted apart: raw sockets and just enough of HTTP to know
 * where an answer ends. Reads its orders from the first argument, writes what it saw to stdout.
 */
export interface LoadOrders {
  readonly port: number;
  readonly path: string;
  readonly contentType: string;
  /** API keys, sent in turn. */
  readonly keys: readonly string[];
  /** Files whose contents are sent in turn. */
  readonly bodyFiles: readonly string[];
  readonly connections: number;
  readonly durationMs: number;
  /** Over all connections. Left out: each asks again at once. */
  readonly ratePerSecond?: number;
}

export interface LoadReport {
  readonly answers: number;
  readonly failed: number;
  readonly durationMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly cpuMs: number;
}

const orders = JSON.parse(process.argv[2] ?? '') as LoadOrders;
const bodies = orders.bodyFiles.map((file) => readFileSync(file));
const requests = bodies.flatMap((body) => orders.keys.map((key) => encode(body, key)));
const latenciesMs: number[] = [];
let failed = 0;
let sent = 0;
const startedAt = performance.now();
const endsAt = startedAt + orders.durationMs;

await Promise.all(Array.from({ length: orders.connections }, () => connection()));
const cpu = process.cpuUsage();
const report: LoadReport = {
  answers: latenciesMs.length,
  failed,
  durationMs: performance.now() - startedAt,
  p50Ms: quantile(latenciesMs, 0.5),
  p95Ms: quantile(latenciesMs, 0.95),
  p99Ms: quantile(latenciesMs, 0.99),
  cpuMs: (cpu.user + cpu.system) / 1_000,
};
process.stdout.write(JSON.stringify(report));

function connection(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: orders.port, host: '127.0.0.1', noDelay: true });
    let sentAt = 0;
    let received = '';
    let missing = -1;
    const next = () => {
      if (performance.now() >= endsAt) {
        socket.end();
        resolve();
        return;
      }
      const dueAt = orders.ratePerSecond ? startedAt + (sent * 1_000) / orders.ratePerSecond : 0;
      const request = requests[sent++ % requests.length] ?? '';
      const send = (at: number) => {
        sentAt = at;
        socket.write(request);
      };
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) setTimeout(() => send(performance.now()), waitMs);
      // One that is late was due before: what it waited counts.
      else send(dueAt || performance.now());
    };
    socket.setEncoding('latin1');
    socket.on('connect', next);
    socket.on('error', reject);
    socket.on('data', (chunk: string) => {
      received += chunk;
      if (missing < 0) missing = answerLength(received);
      if (missing < 0 || received.length < missing) return;
      latenciesMs.push(performance.now() - sentAt);
      if (!received.startsWith('HTTP/1.1 200')) failed++;
      received = '';
      missing = -1;
      next();
    });
  });
}

function encode(body: Buffer, key: string): Buffer {
  const head = [
    `POST ${orders.path} HTTP/1.1`,
    `host: 127.0.0.1:${orders.port}`,
    `authorization: Bearer ${key}`,
    `content-type: ${orders.contentType}`,
    `content-length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

/** Bytes of the whole answer, once its head is here; -1 before. */
function answerLength(received: string): number {
  const head = received.indexOf('\r\n\r\n');
  if (head < 0) return -1;
  const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, head))?.[1];
  if (length === undefined) throw new Error('The answer has no content-length.');
  return head + 4 + Number(length);
}
