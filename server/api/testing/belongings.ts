import { v7 as uuidv7 } from 'uuid';
import { createMailLink } from '#server/domain/accounts/mail-link.ts';
import { createEndpoint } from '#server/domain/webhooks/create-endpoint.ts';
import { sendTestEvent } from '#server/domain/webhooks/send-test-event.ts';
import { type ControlPlane, createPerson } from '#server/testing/control-plane.ts';
import {
  createApiKey,
  createBatch,
  createMember,
  createSession,
  createUser,
} from '#server/testing/factories.ts';
import type { Target } from './right-inputs.ts';

export interface Belongings {
  /** `sessionId` is the owner's. */
  readonly target: Target;
  readonly viewerSessionId: string;
}

/** A workspace with one of everything, its owner, and a viewer. */
export async function createBelongings(plane: ControlPlane): Promise<Belongings> {
  const { services, database } = plane;
  const { db } = services;
  const { workspaceId, userId, slug, email, session } = await createPerson(plane);
  const viewer = await createUser(db);
  await createMember(db, { workspaceId, userId: viewer.id, role: 'viewer' });
  const { id: keyId } = await createApiKey(db, { workspaceId });
  const { endpoint } = await createEndpoint(services, {
    workspaceId,
    userId,
    url: 'https://hooks.example/in',
    eventTypes: ['key.created'],
  });
  const { deliveryId } = await sendTestEvent(services, { workspaceId, endpointId: endpoint.id });
  await db.webhookDelivery.update({ where: { id: deliveryId }, data: { status: 'failed' } });
  const sealed = services.mailSeal.seal('x');
  const mail = { id: uuidv7(), recipient: email, subject: 'x', text: sealed, html: sealed };
  await db.outboxMail.create({ data: mail });
  const link = await createMailLink(
    { transaction: database.prisma, clock: services.clock, webUrl: services.webUrl },
    { userId, purpose: 'reset_password' },
  );
  return {
    target: {
      workspaceId,
      slug,
      keyId,
      sessionId: session.sessionId,
      endpointId: endpoint.id,
      deliveryId,
      batchId: (await createBatch(db, { workspaceId, keyId })).id,
      mailId: mail.id,
      email,
      token: new URL(link).hash.replace('#token=', ''),
    },
    viewerSessionId: (await createSession(db, { userId: viewer.id })).id,
  };
}

/** Every row of every table that names one of these, as text. */
export async function rowsOf(
  { database }: ControlPlane,
  names: readonly string[],
): Promise<readonly string[]> {
  const { rows: tables } = await database.pool.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const every = tables
    .map(({ name }) => `SELECT '${name} ' || t::text AS row FROM ${name} t`)
    .join(' UNION ALL ');
  const { rows } = await database.pool.query<{ row: string }>(
    `SELECT row FROM (${every}) every WHERE EXISTS (SELECT 1 FROM unnest($1::text[]) one WHERE strpos(row, one) > 0) ORDER BY 1`,
    [names],
  );
  return rows.map(({ row }) => row);
}
