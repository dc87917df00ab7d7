import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../errors.ts';
import { passwordHashLimits } from '../rate-limits/limits.ts';

/** OWASP's parameters for scrypt: N = 2^17, r = 8, p = 1, which is 128 MiB and some 0.3 s of one core. */
const current: ScryptCost = { logN: 17, blockSize: 8, parallelization: 1 };
const saltBytes = 16;
const hashBytes = 32;
const phcShape = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

interface ScryptCost {
  readonly logN: number;
  readonly blockSize: number;
  readonly parallelization: number;
}

/** In the PHC string format, so that the cost can be raised later and old hashes still verify. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(password, salt, hashBytes, current);
  const { logN, blockSize, parallelization } = current;
  return `$scrypt$ln=${logN},r=${blockSize},p=${parallelization}$${unpadded(salt)}$${unpadded(hash)}`;
}

export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const [, logN, blockSize, parallelization, salt, hash] = phcShape.exec(phc) ?? [];
  if (!logN || !blockSize || !parallelization || !salt || !hash) throw new Error('Not a scrypt PHC string');
  const expected = Buffer.from(hash, 'base64');
  const actual = await derive(password, Buffer.from(salt, 'base64'), expected.length, {
    logN: Number(logN),
    blockSize: Number(blockSize),
    parallelization: Number(parallelization),
  });
  return timingSafeEqual(actual, expected);
}

/** Verifying against this costs as much as any other, and never succeeds: for addresses that nobody has. */
export const nobodysPasswordHash = `$scrypt$ln=${current.logN},r=${current.blockSize},p=${current.parallelization}$${unpadded(randomBytes(saltBytes))}$${unpadded(randomBytes(hashBytes))}`;

interface HashingSeats {
  running: number;
  readonly waiting: (() => void)[];
}

/** On the global object, because a bundler may load this module more than once and the memory is one process's. */
const holder = globalThis as typeof globalThis & { modelyardHashingSeats?: HashingSeats };
const seats: HashingSeats = (holder.modelyardHashingSeats ??= { running: 0, waiting: [] });

/** Bounded for the whole process: a flood of sign-ins is refused, not paid for. */
async function derive(password: string, salt: Buffer, length: number, cost: ScryptCost): Promise<Buffer> {
  await takeSeat();
  try {
    return await scryptOf(password, salt, length, cost);
  } finally {
    const next = seats.waiting.shift();
    if (next) next();
    else seats.running -= 1;
  }
}

/** A seat that becomes free is handed to the one who waits longest, so `running` counts it all along. */
async function takeSeat(): Promise<void> {
  if (seats.running < passwordHashLimits.concurrentMax) {
    seats.running += 1;
    return;
  }
  if (seats.waiting.length >= passwordHashLimits.waitingMax) {
    throw new DomainError('overloaded', 'Too many sign-ins at once. Try again in a moment.', {
      retryAfterMs: 2_000,
    });
  }
  await new Promise<void>((resolve) => seats.waiting.push(resolve));
}

function scryptOf(password: string, salt: Buffer, length: number, cost: ScryptCost): Promise<Buffer> {
  const N = 2 ** cost.logN;
  const options: ScryptOptions = {
    N,
    r: cost.blockSize,
    p: cost.parallelization,
    maxmem: 128 * N * cost.blockSize + 1024 * 1024,
  };
  return new Promise((resolve, reject) => {
    // The same password typed on two keyboards may differ in its code points.
    scrypt(password.normalize('NFKC'), salt, length, options, (error, hash) =>
      error ? reject(error) : resolve(hash),
    );
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
