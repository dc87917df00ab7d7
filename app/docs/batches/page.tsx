import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl } from '#server/api/addresses.ts';
import { batchLimits, fileLimits, pipelineLimits, retention } from '#server/domain/rate-limits/schema.ts';
import { CodeSample } from '../../_components/code-sample.tsx';
import { count } from '../../_format/number.ts';
import { batchCalls } from '../../_samples/batch-calls.ts';
import { FieldTable } from '../field-table.tsx';
import { Section } from '../section.tsx';

export const metadata: Metadata = { title: 'Files and batches' };

const mebibyte = 1024 * 1024;
const dayMs = 86_400_000;
const hourMs = 3_600_000;

export default function BatchesReferencePage() {
  return (
    <>
      <h1>Files and batches</h1>
      <p className="lead">
        Many requests in one file, answered within a day, after the calls that somebody waits for. The paths
        are OpenAI’s, and so are its clients’ <code>files</code> and <code>batches</code>.
      </p>
      <Section id="call" title="A batch">
        <p>
          One request a line. Each names itself (<code>custom_id</code>, once in the file) and the path that
          the whole batch is for: <code>/v1/sentiment</code>, <code>/v1/images/classify</code>,{' '}
          <code>/v1/embeddings</code>, <code>/v1/chat/completions</code> or <code>/v1/completions</code>.
          Pictures stand in a line as base64 or by their URL.
        </p>
        <CodeSample label="A batch" variants={batchCalls(apiUrl())} />
        <p id="console">
          Without a program, start one in the console: <i>Batches</i>, <i>New batch</i>. It checks the whole
          file in your browser, and names the lines that are wrong, before any of it is sent; then it uploads
          the file and makes the batch over these same two paths. Where no line has a <code>url</code>, you
          choose the path there and it is written into each line. Such a batch runs with a key of its own,
          which nobody else can call with and which ends with the batch: to stop it, cancel it.
        </p>
        <p>
          The key needs access to files and batches: choose it when you create the key. The lines run with the
          key that made the batch, so they need its other scopes too, and end with{' '}
          <code>revoked_api_key</code> when it is revoked. A new secret of that key changes nothing for them.
        </p>
      </Section>
      <Section id="states" title="What becomes of it">
        <FieldTable
          label="Statuses of a batch"
          fields={[
            ['validating', 'begins', 'The whole file is read. With a line that is wrong nothing is run.'],
            ['failed', 'ends', 'errors names the lines and what is wrong with them.'],
            ['in_progress', '', 'request_counts tells how far it is.'],
            ['finalizing', '', 'The files are written.'],
            ['completed', 'ends', 'Each line stands in output_file_id or in error_file_id.'],
            ['cancelling, cancelled', 'ends', 'What was answered until then is in the output, and billed.'],
            [
              'expired',
              'ends',
              `After ${batchLimits.windowMs / hourMs} hours: lines that were not run stand in error_file_id.`,
            ],
          ]}
        />
        <p>
          A line is answered as a call is, with the same checks and at the same price, and billed once,
          whatever fails on our side in between. Where the quota or a budget ends, the rest of the lines say
          so in the error file. The limits a minute are not for batches. Of the calls at once that the plan or
          the key allows, the lines of a batch take half at the most, and wait where there is no place. A call
          that finds the last one taken by a line waits for it up to {pipelineLimits.heldQuotaWaitMs / 1_000}{' '}
          seconds before it is refused, and goes before the next line: so a key for one call at a time shares
          it with its batch. A line that our side does not take at the moment (<code>overloaded</code>,{' '}
          <code>database_unavailable</code>, no place) is run again until the batch has expired. One that the
          model fails on is run up to {batchLimits.triesMax} times, with ever longer waits, while the others
          go on. The order of the answers is not that of the lines.
        </p>
        <p>
          The console shows the batches of a workspace with their progress, starts and cancels them, and has
          their files to download. When one has ended, <code>batch.completed</code>, <code>batch.failed</code>
          , <code>batch.expired</code> or <code>batch.cancelled</code> is sent to your{' '}
          <Link href="/docs/webhooks">webhooks</Link>.
        </p>
      </Section>
      <Section id="limits" title="Limits">
        <FieldTable
          label="Limits of files and batches"
          fields={[
            ['lines', count(batchLimits.linesMax), 'Of one batch.'],
            ['a line', `${batchLimits.lineBytesMax / mebibyte} MiB`, 'And what its path takes.'],
            [
              'a file',
              `${fileLimits.bytesMax / mebibyte} MiB`,
              `Sent within ${fileLimits.uploadTimeoutMs / 1_000} seconds.`,
            ],
            [
              'a workspace',
              `${fileLimits.workspaceBytesMax / mebibyte} MiB`,
              `In at most ${count(fileLimits.workspaceFilesMax)} files; ${fileLimits.uploadsAtOncePerWorkspaceMax} uploads and ${batchLimits.openPerWorkspaceMax} batches at a time.`,
            ],
            [
              'answers of a batch',
              `${batchLimits.answerBytesMax / mebibyte} MiB`,
              'The lines after that are not run, and say payload_too_large in the error file.',
            ],
          ]}
        />
      </Section>
      <Section id="kept" title="What is kept">
        <p>
          Files are kept until you delete them, and {fileLimits.lifetimeMs / dayMs} days at the most, or from{' '}
          {fileLimits.lifetimeMinMs / hourMs} hour on for as long as <code>expires_after</code> says at upload
          (a batch that reads one keeps it until it has ended); that is the one place where inputs and answers
          are written, encrypted under a key of your workspace. Deleting is at once and for good. A batch,
          with its counts, times and metadata, is kept for {retention.endedBatchesMs / dayMs} days after it
          has ended; then its id is <code>not_found</code>. What its lines cost stays in your usage. What is
          another workspace’s is <code>not_found</code>. <Link href="/docs/privacy">Privacy of a call</Link>
        </p>
      </Section>
    </>
  );
}
