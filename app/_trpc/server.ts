import 'server-only';
import { TRPCError } from '@trpc/server';
import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { createCaller } from '#server/api/caller.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';
import { askedAddressHeader } from './asked-address.ts';

/** One caller a request: the session is read once. */
export const caller = cache(createCaller);

/** What is not theirs is not there, and neither is what an address that can be no id leads to. */
const absent: readonly TRPCError['code'][] = ['NOT_FOUND', 'FORBIDDEN', 'BAD_REQUEST'];

/**
 * What a page does with a refusal: who is not signed in goes to the door and comes back to the whole address, which
 * a layout, refused first, does not know by its `path`; what is not there is said to be so. Anything else is a failure
 * and reaches error.tsx.
 */
async function orLeave<T>(answer: Promise<T>, path: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    if (error.code === 'UNAUTHORIZED') {
      const asked = (await headers()).get(askedAddressHeader) ?? path;
      redirect(`/sign-in?next=${encodeURIComponent(asked)}`);
    }
    if (absent.includes(error.code)) notFound();
    throw error;
  }
}

/** Every page of the console asks for itself; layouts are no guard, because they are kept between pages. */
export async function workspaceOf(slug: string, path: string): Promise<WorkspaceItem> {
  const { workspace } = await caller();
  return orLeave(workspace.bySlug({ slug }), path);
}

export async function signedIn(path: string) {
  const { account, workspace } = await caller();
  return orLeave(Promise.all([account.me(), workspace.list()]), path);
}

/** An endpoint with the first page of its deliveries. */
export async function webhookEndpointOf(workspaceId: string, endpointId: string, path: string) {
  const { webhook } = await caller();
  const one = { workspaceId, endpointId };
  const [endpoint, deliveries] = await orLeave(
    Promise.all([webhook.get(one), webhook.deliveries(one)]),
    path,
  );
  return { endpoint, deliveries };
}

export async function batchOf(workspaceId: string, batchId: string, path: string) {
  const { batch } = await caller();
  return orLeave(batch.get({ workspaceId, batchId }), path);
}

export async function adminOverview() {
  const { admin } = await caller();
  return orLeave(admin.overview(), '/admin');
}

export async function isSignedIn(): Promise<boolean> {
  const { account } = await caller();
  return account.me().then(
    () => true,
    () => false,
  );
}

export async function hasLocalOutbox(): Promise<boolean> {
  const { outbox } = await caller();
  return outbox.list({}).then(
    () => true,
    () => false,
  );
}

export async function localOutbox() {
  const { outbox } = await caller();
  return orLeave(outbox.list({}), '/outbox');
}

export async function localMail(mailId: string) {
  const { outbox } = await caller();
  return orLeave(outbox.get({ mailId }), '/outbox');
}

/** Null: it can't be read at the moment, which takes no page down. */
export async function safetyPolicy() {
  const { model } = await caller();
  return model.safety().catch(() => null);
}

/** A card that can't be read takes no page down: it is logged, and the page says "not measured yet". */
export async function modelCards() {
  const { model } = await caller();
  return model.cards().catch(() => []);
}
