import { createEndpoint } from '#server/domain/webhooks/create-endpoint.ts';
import { deleteEndpoint } from '#server/domain/webhooks/delete-endpoint.ts';
import { disableEndpoint } from '#server/domain/webhooks/disable-endpoint.ts';
import { enableEndpoint } from '#server/domain/webhooks/enable-endpoint.ts';
import { listDeliveries, readDelivery } from '#server/domain/webhooks/list-deliveries.ts';
import { listEndpoints, readEndpoint } from '#server/domain/webhooks/read-endpoint.ts';
import { replayDelivery } from '#server/domain/webhooks/replay-delivery.ts';
import { rotateSecret } from '#server/domain/webhooks/rotate-secret.ts';
import {
  deliverySchema,
  endpointSchema,
  endpointSettingsSchema,
  listDeliveriesSchema,
  rotateSecretSchema,
  updateEndpointSchema,
} from '#server/domain/webhooks/schema.ts';
import { sendTestEvent } from '#server/domain/webhooks/send-test-event.ts';
import { updateEndpoint } from '#server/domain/webhooks/update-endpoint.ts';
import { router, workspaceProcedure } from '../trpc.ts';

const reads = workspaceProcedure('webhooks:read');
const manages = workspaceProcedure('webhooks:manage');

export const webhookRouter = router({
  list: reads.query(({ ctx }) => listEndpoints(ctx.services, ctx.workspace.id)),
  get: reads
    .input(endpointSchema)
    .query(({ ctx, input }) => readEndpoint(ctx.services, { ...input, workspaceId: ctx.workspace.id })),
  create: manages
    .input(endpointSettingsSchema)
    .mutation(({ ctx, input }) =>
      createEndpoint(ctx.services, { ...input, workspaceId: ctx.workspace.id, userId: ctx.user.id }),
    ),
  update: manages
    .input(updateEndpointSchema)
    .mutation(({ ctx, input }) =>
      updateEndpoint(ctx.services, { ...input, workspaceId: ctx.workspace.id, userId: ctx.user.id }),
    ),
  disable: manages
    .input(endpointSchema)
    .mutation(({ ctx, input }) =>
      disableEndpoint(ctx.services, { ...input, workspaceId: ctx.workspace.id, userId: ctx.user.id }),
    ),
  enable: manages
    .input(endpointSchema)
    .mutation(({ ctx, input }) =>
      enableEndpoint(ctx.services, { ...input, workspaceId: ctx.workspace.id, userId: ctx.user.id }),
    ),
  delete: manages
    .input(endpointSchema)
    .mutation(({ ctx, input }) =>
      deleteEndpoint(ctx.services, { ...input, workspaceId: ctx.workspace.id, userId: ctx.user.id }),
    ),
  rotateSecret: manages
    .input(rotateSecretSchema)
    .mutation(({ ctx, input }) =>
      rotateSecret(ctx.services, { ...input, workspaceId: ctx.workspace.id, userId: ctx.user.id }),
    ),
  sendTest: manages
    .input(endpointSchema)
    .mutation(({ ctx, input }) => sendTestEvent(ctx.services, { ...input, workspaceId: ctx.workspace.id })),
  deliveries: reads
    .input(listDeliveriesSchema)
    .query(({ ctx, input }) => listDeliveries(ctx.services, { ...input, workspaceId: ctx.workspace.id })),
  delivery: reads
    .input(deliverySchema)
    .query(({ ctx, input }) => readDelivery(ctx.services, { ...input, workspaceId: ctx.workspace.id })),
  replay: manages
    .input(deliverySchema)
    .mutation(({ ctx, input }) => replayDelivery(ctx.services, { ...input, workspaceId: ctx.workspace.id })),
});
