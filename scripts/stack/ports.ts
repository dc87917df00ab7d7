import { createServer } from 'node:net';

export interface PortWish {
  /** `web`, as the sentence names it. */
  readonly name: string;
  /** What the environment says, if it says anything: then this one or none. */
  readonly given: { readonly variable: string; readonly value: string | undefined };
  readonly usual: number;
}

const triesMax = 100;

/** Picks the usual port or the next that is free. One that was asked for by name is taken or refused. */
export async function choosePort(
  wish: PortWish,
  taken: ReadonlySet<number>,
  onNote: (sentence: string) => void,
): Promise<number> {
  const { variable, value } = wish.given;
  if (value) {
    const port = Number(value);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new Error(`${variable} is not a port: ${value}.`);
    if (taken.has(port) || !(await isFree(port))) {
      throw new Error(`Port ${port} (${variable}) is taken. Stop what listens there, or choose another.`);
    }
    return port;
  }
  for (let port = wish.usual; port < wish.usual + triesMax; port++) {
    if (taken.has(port) || !(await isFree(port))) continue;
    if (port !== wish.usual) onNote(`Port ${wish.usual} is taken: ${wish.name} uses ${port}.`);
    return port;
  }
  throw new Error(`No free port for ${wish.name} between ${wish.usual} and ${wish.usual + triesMax - 1}.`);
}

/** Neither on the loopback nor on every address. */
async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, undefined));
}

function canListen(port: number, host: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
