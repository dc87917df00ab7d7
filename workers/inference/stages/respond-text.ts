import type { DomainError } from '#server/domain/errors.ts';
import { errorToBody } from '../errors/error-to-response.ts';
import { eventStream } from '../generation/event-stream.ts';
import type { AnswerHead, GenerationEndpoint } from '../generation-endpoint.ts';
import type { Stage } from '../pipeline.ts';
import type { StreamEnd } from '../request-scope.ts';
import { answerHeaders } from '../wire/answer-headers.ts';
import type { SettledGeneration, WithGenerationReceipt } from './settle-generation.ts';

type OpenStream = Extract<SettledGeneration, { kind: 'open' }>;

export function respondText<Options>(
  endpoint: GenerationEndpoint<Options>,
  { stalledReaderMs }: { readonly stalledReaderMs: number },
): Stage<WithGenerationReceipt<Options>, Response> {
  return {
    name: 'respond',
    run(context) {
      const { settled, input, signal, cut } = context;
      const head = headOf(context);
      if (settled.kind === 'written') {
        if (settled.generation.isCancelled) throw signal.reason;
        const reply = endpoint.reply(input, head, settled);
        return new Response(JSON.stringify(reply), { status: 200, headers: answerHeaders(context) });
      }
      let end: (ended: StreamEnd) => void = () => {};
      context.scope.streamEnd = new Promise((resolve) => {
        end = resolve;
      });
      const stream = eventStream(pieces(context, settled, head, end), {
        stalledReaderMs,
        cut,
        leave: settled.generation.stop,
      });
      const headers = {
        ...answerHeaders(context),
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache',
        // nginx would keep events back until its buffer is full.
        'x-accel-buffering': 'no',
      };
      return new Response(stream, { status: 200, headers });
    },
  };

  async function* pieces(
    context: WithGenerationReceipt<Options>,
    { generation, events, settle, toFailure, settleFailure }: OpenStream,
    head: AnswerHead,
    end: (ended: StreamEnd) => void,
  ): AsyncGenerator<string> {
    const codec = endpoint.events(context.input, head);
    const about = { requestId: context.requestId, family: endpoint.family };
    let failure: DomainError | undefined;
    let error: unknown;
    try {
      yield codec.start();
      for await (const event of events()) yield codec.text(event);
    } catch (thrown) {
      failure = toFailure(thrown);
      error = failure;
      // At once: where the database is the matter, writing it down may take its time.
      yield codec.fail(errorToBody(failure, about));
      await settleFailure(failure);
    }
    if (failure === undefined) {
      try {
        const receipt = await settle();
        if (generation.cutBy) {
          error = generation.cutBy;
          yield codec.fail(errorToBody(error, about));
        } else {
          yield codec.finish({ reasons: generation.reasons, receipt });
        }
      } catch (thrown) {
        error = thrown;
        yield codec.fail(errorToBody(thrown, about));
      }
    }
    end({ error, isCancelled: generation.isCancelled });
  }
}

function headOf<Options>({ requestId, model, settled }: WithGenerationReceipt<Options>): AnswerHead {
  return {
    requestId,
    model: model.model.id,
    modelVersion: model.model.version,
    createdAtSeconds: Math.floor(Date.now() / 1_000),
    started: settled.generation.started,
  };
}
