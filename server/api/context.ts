import type { ControlPlaneServices } from '#server/domain/control-plane/services.ts';
import type { CurrentSession } from '#server/domain/sessions/schema.ts';

/** What every procedure is given: who asks, from where, under which id. */
export interface RequestContext {
  readonly services: ControlPlaneServices;
  readonly session: CurrentSession | null;
  /** As limits count it: see server/domain/rate-limits/client-address.ts. */
  readonly address: string;
  readonly requestId: string;
}
