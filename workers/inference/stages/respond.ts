import { fileLimits } from '#server/domain/rate-limits/limits.ts';
import { publicRequestId } from '#server/domain/usage/request-id.ts';
import type { FreeEndpoint, MeteredEndpoint } from '../endpoint.ts';
import { cutIfUnread } from '../files/cut-if-unread.ts';
import type { Stage } from '../pipeline.ts';
import { answerHeaders } from '../wire/answer-headers.ts';
import { type AdmitOptions, mayCall, type WithAdmission } from './admit.ts';
import type { WithReceipt } from './settle.ts';

export function respond<Input, Item, Output>(
  endpoint: MeteredEndpoint<Input, Item, Output>,
): Stage<WithReceipt<Input, Item, Output>, Response> {
  return {
    name: 'respond',
    run(context) {
      if (context.run.kind === 'failed') throw context.run.error;
      const reply = endpoint.reply(context.input, {
        id: publicRequestId(context.requestId),
        model: context.model.runtime.model.id,
        outputs: context.run.outputs,
        inputUnits: context.inputUnits,
        priceMicroUsd: context.priceMicroUsd,
      });
      return new Response(JSON.stringify(reply), { status: 200, headers: answerHeaders(context) });
    },
  };
}

export function respondFree<Input>(
  endpoint: FreeEndpoint<Input>,
  {
    stalledDownloadMs = fileLimits.stalledDownloadMs,
    ...asking
  }: Pick<AdmitOptions<Input>, 'metering' | 'webUrl'> & { readonly stalledDownloadMs?: number | undefined },
): Stage<WithAdmission<Input>, Response> {
  return {
    name: 'respond',
    async run(context) {
      const { workspaceId } = context.admission;
      const reply = await endpoint.reply(context.input, {
        workspaceId,
        keyId: context.key.id,
        requestId: context.requestId,
        name: context.name,
        address: context.wholeAddress(),
        mayCall: (model) => mayCall(context.asked, model, asking),
      });
      if (reply instanceof Response) {
        const type = reply.headers.get('content-type') ?? 'application/octet-stream';
        const watched = { stalledMs: stalledDownloadMs, cut: context.cut };
        return new Response(reply.body && cutIfUnread(reply.body, watched), {
          headers: { ...answerHeaders(context), 'content-type': type },
        });
      }
      return new Response(JSON.stringify(reply), { status: 200, headers: answerHeaders(context) });
    },
  };
}
