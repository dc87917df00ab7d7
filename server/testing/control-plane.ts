import type { PlanId } from '#server/domain/billing/plans.ts';
import type { Clock } from '#server/domain/clock.ts';
import type { ControlPlaneServices } from '#server/domain/control-plane/services.ts';
import type { Mail } from '#server/domain/mail/mail.ts';
import type { Role } from '#server/domain/members/roles.ts';
import { type RateLimit, type RateLimitName, rateLimits } from '#server/domain/rate-limits/limits.ts';
import type { CurrentSession } from '#server/domain/sessions/schema.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createControlPlaneServices } from '#server/platform/control-plane.ts';
import { ensureQueue } from '#server/platform/job-queue/ensure-queue.ts';
import { createPostgresRateLimiter } from '#server/platform/rate-limiter/postgres-rate-limiter.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { createMember, createSession, createUser, createWorkspace } from './factories.ts';

/** For a process that has to open what these services have sealed. */
export const testSecret = 'a secret of the tests, 32 characters or more';

export interface ControlPlane {
  readonly database: TestDatabase;
  readonly services: ControlPlaneServices;
  /** Every line that was logged, as JSON. */
  readonly logLines: readonly string[];
  /** What waits in the queue for one address, the oldest first. */
  queuedMails(to: string): Promise<Mail[]>;
  drop(): Promise<void>;
}

/** The control plane's services as the web process has them, on a database of one's own. */
export async function createControlPlane({
  clock = systemClock,
  webhooksToPrivateAddresses = false,
  blobsDir = 'no-such-folder',
}: {
  clock?: Clock;
  webhooksToPrivateAddresses?: boolean;
  /** Where it reads or writes files. */
  blobsDir?: string;
} = {}): Promise<ControlPlane> {
  const database = await createTestDatabase();
  await ensureQueue(database.url);
  const logLines: string[] = [];
  const log = (fields: object, message: string) => void logLines.push(JSON.stringify({ ...fields, message }));
  const services = createControlPlaneServices({
    db: database.prisma,
    clock,
    logger: { debug: log, info: log, warn: log, error: log },
    secret: testSecret,
    webUrl: 'http://web.test',
    apiUrl: 'http://api.test',
    blobsDir,
    modelsDir: 'workers/models',
    outboxIsPublic: true,
    webhooksToPrivateAddresses,
  });
  return {
    database,
    services,
    logLines,
    async queuedMails(to) {
      const { rows } = await database.pool.query<{ payload: { sealed: string } }>(
        `SELECT payload FROM graphile_worker._private_jobs j
        JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE t.identifier = 'send-mail' ORDER BY j.id`,
      );
      const mails = rows.map(({ payload }) => JSON.parse(services.mailSeal.open(payload.sealed)) as Mail);
      return mails.filter((mail) => mail.to === to);
    },
    drop: () => database.drop(),
  };
}

/** The same services, for tests that ask more often than anybody may. */
export function unlimited({ services, database }: ControlPlane): ControlPlaneServices {
  const limits = Object.fromEntries(
    Object.entries(rateLimits).map(([name, { windowMs }]) => [name, { capacity: 1_000_000, windowMs }]),
  ) as Record<RateLimitName, RateLimit>;
  const { hashSubject } = services;
  return {
    ...services,
    rateLimiter: createPostgresRateLimiter({ db: database.prisma, hashSubject, limits }),
  };
}

export interface Person {
  readonly session: CurrentSession;
  readonly userId: string;
  readonly email: string;
  readonly workspaceId: string;
  readonly slug: string;
}

/** Someone who is signed in, with a workspace of their own. */
export async function createPerson(
  { services }: ControlPlane,
  { isOperator = false, role = 'owner' as Role, plan = 'free' as PlanId } = {},
): Promise<Person> {
  const { id: userId, email, name } = await createUser(services.db, { isOperator });
  const workspace = await createWorkspace(services.db, { plan });
  await createMember(services.db, { workspaceId: workspace.id, userId, role });
  const { id: sessionId } = await createSession(services.db, { userId });
  return {
    session: { sessionId, user: { id: userId, email, name, isOperator } },
    userId,
    email,
    workspaceId: workspace.id,
    slug: workspace.slug,
  };
}
