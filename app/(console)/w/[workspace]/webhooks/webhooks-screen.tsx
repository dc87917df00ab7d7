'use client';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { roleMay } from '#server/domain/members/schema.ts';
import type { CreatedEndpoint, EndpointItem } from '#server/domain/webhooks/schema.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';
import { useUrlParam } from '../../../../_components/use-url-param.ts';
import { plural } from '../../../../_format/number.ts';
import { useRpc } from '../../../../_trpc/client.ts';
import { Sheet } from '../../../_shell/sheet.tsx';
import { CreateEndpointDialog } from './create-endpoint-dialog.tsx';
import { EndpointRows, EndpointTable } from './endpoint-table.tsx';
import { SecretOnceDialog } from './secret-once-dialog.tsx';

interface WebhooksScreenProps {
  readonly workspace: WorkspaceItem;
  readonly initial: readonly EndpointItem[];
}

export function WebhooksScreen({ workspace, initial }: WebhooksScreenProps) {
  const rpc = useRpc();
  const router = useRouter();
  const [create, setCreate] = useUrlParam('create');
  const [created, setCreated] = useState<CreatedEndpoint | null>(null);
  const { data: endpoints } = useQuery(
    rpc.webhook.list.queryOptions({ workspaceId: workspace.id }, { initialData: [...initial] }),
  );
  const mayManage = roleMay(workspace.role, 'webhooks:manage');
  const home = `/w/${workspace.slug}/webhooks`;
  const list = { endpoints, home };

  return (
    <Sheet
      title="Webhooks"
      actions={
        mayManage && (
          <button type="button" className="btn primary" onClick={() => setCreate('1')}>
            <Plus size={16} strokeWidth={1.5} aria-hidden />
            Create endpoint
          </button>
        )
      }
    >
      {endpoints.length === 0 ? (
        <div className="border-line-2 border-y py-10">
          <p className="mb-4 max-w-xl">
            No endpoints yet. An endpoint is an address of yours that is told when something happens here: a
            key is made, a budget is nearly spent. <Link href="/docs/webhooks">How it works</Link>
          </p>
          {mayManage && (
            <button type="button" className="btn edged" onClick={() => setCreate('1')}>
              <Plus size={16} strokeWidth={1.5} aria-hidden />
              Create the first endpoint
            </button>
          )}
        </div>
      ) : (
        <>
          <p className="text-small text-ink-3">
            {plural(endpoints.length, 'endpoint')}. Each event is signed, and sent until it is taken.{' '}
            <Link href="/docs/webhooks">How to verify it</Link>
          </p>
          <EndpointTable {...list} />
          <EndpointRows {...list} />
        </>
      )}
      <CreateEndpointDialog
        workspaceId={workspace.id}
        open={create !== null && mayManage && created === null}
        onOpenChange={(open) => setCreate(open ? '1' : null)}
        onCreated={(made) => {
          setCreate(null);
          setCreated(made);
        }}
      />
      {created && (
        <SecretOnceDialog
          created={created}
          onClose={() => {
            setCreated(null);
            router.push(`${home}/${created.endpoint.id}`);
          }}
        />
      )}
    </Sheet>
  );
}
