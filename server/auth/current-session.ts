import { headers } from 'next/headers';
import { cache } from 'react';
import type { CurrentSession } from '#server/domain/sessions/schema.ts';
import { controlPlaneServices } from '#server/platform/control-plane.ts';
import { sessionOf } from './session-of.ts';

/** For pages and layouts: read once a request, however many of them ask. */
export const currentSession = cache(
  async (): Promise<CurrentSession | null> => sessionOf(new Headers(await headers()), controlPlaneServices()),
);
