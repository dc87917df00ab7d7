'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Ellipsis, Send } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { roleMay } from '#server/domain/members/schema.ts';
import type { CreatedEndpoint, DeliveryPage, EndpointItem } from '#server/domain/webhooks/schema.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';
import { Menu, MenuItem, MenuLine } from '../../../../../_components/menu.tsx';
import { RefusalNote } from '../../../../../_components/refusal-note.tsx';
import { useUrlParam } from '../../../../../_components/use-url-param.ts';
import { useRpc } from '../../../../../_trpc/client.ts';
import { Sheet } from '../../../../_shell/sheet.tsx';
import { SecretOnceDialog } from '../secret-once-dialog.tsx';
import { DeleteEndpointDialog } from './delete-endpoint-dialog.tsx';
import { DeliveryDialog } from './delivery-dialog.tsx';
import { DeliveryLog } from './delivery-log.tsx';
import { DisableEndpointDialog } from './disable-endpoint-dialog.tsx';
import { EditEndpointDialog } from './edit-endpoint-dialog.tsx';
import { EndpointFacts } from './endpoint-facts.tsx';
import { RotateSecretDialog } from './rotate-secret-dialog.tsx';

interface EndpointScreenProps {
  readonly workspace: WorkspaceItem;
  readonly initial: EndpointItem;
  readonly initialDeliveries: DeliveryPage;
}

type Asking = 'edit' | 'rotate' | 'disable' | 'delete' | null;

export function EndpointScreen({ workspace, initial, initialDeliveries }: EndpointScreenProps) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState<Asking>(null);
  const [rotated, setRotated] = useState<CreatedEndpoint | null>(null);
  const [shown, setShown] = useUrlParam('delivery');
  const one = { workspaceId: workspace.id, endpointId: initial.id };
  // What is being deleted is not asked for again.
  const paused = asking === 'delete';
  const { data: endpoint } = useQuery(
    rpc.webhook.get.queryOptions(one, { initialData: initial, refetchInterval: paused ? false : 5_000 }),
  );
  const refresh = () => queryClient.invalidateQueries(rpc.webhook.pathFilter());
  const enable = useMutation(rpc.webhook.enable.mutationOptions({ onSuccess: refresh }));
  const sendTest = useMutation(
    rpc.webhook.sendTest.mutationOptions({
      onSuccess: ({ deliveryId }) => {
        setShown(deliveryId);
        return refresh();
      },
    }),
  );
  const mayManage = roleMay(workspace.role, 'webhooks:manage');
  const home = `/w/${workspace.slug}/webhooks`;
  const dialog = { ...one, endpoint, onClose: () => setAsking(null) };
  const failure = enable.error ?? sendTest.error;

  return (
    <Sheet
      title={new URL(endpoint.url).host}
      actions={
        mayManage && (
          <>
            <button
              type="button"
              className="btn edged"
              disabled={endpoint.disabledAt !== null || sendTest.isPending}
              onClick={() => sendTest.mutate(one)}
            >
              <Send size={16} strokeWidth={1.5} aria-hidden />
              <span className="max-md:sr-only">Send a test event</span>
            </button>
            <Menu
              align="end"
              trigger={
                <button type="button" className="btn square" aria-label="Actions for this endpoint">
                  <Ellipsis size={16} strokeWidth={1.5} aria-hidden />
                </button>
              }
            >
              <MenuItem onSelect={() => setAsking('edit')}>Edit…</MenuItem>
              <MenuItem onSelect={() => setAsking('rotate')}>Rotate secret…</MenuItem>
              {endpoint.disabledAt ? (
                <MenuItem onSelect={() => enable.mutate(one)}>Enable</MenuItem>
              ) : (
                <MenuItem onSelect={() => setAsking('disable')}>Disable…</MenuItem>
              )}
              <MenuLine />
              <MenuItem className="bad" onSelect={() => setAsking('delete')}>
                Delete…
              </MenuItem>
            </Menu>
          </>
        )
      }
    >
      <p className="text-small mb-4">
        <Link href={home}>All endpoints</Link>
      </p>
      <EndpointFacts
        endpoint={endpoint}
        onEnable={mayManage ? () => enable.mutate(one) : undefined}
        enabling={enable.isPending}
      />
      {failure && (
        <div className="mt-3">
          <RefusalNote error={failure} />
        </div>
      )}
      <DeliveryLog {...one} initial={initialDeliveries} paused={paused} onShow={setShown} />
      {shown && (
        <DeliveryDialog
          workspaceId={workspace.id}
          deliveryId={shown}
          mayReplay={mayManage && endpoint.disabledAt === null}
          onReplayed={setShown}
          onClose={() => setShown(null)}
        />
      )}
      {asking === 'edit' && <EditEndpointDialog {...dialog} />}
      {asking === 'disable' && <DisableEndpointDialog {...dialog} />}
      {asking === 'delete' && <DeleteEndpointDialog {...dialog} home={home} />}
      {asking === 'rotate' && (
        <RotateSecretDialog
          {...dialog}
          onRotated={(next) => {
            setAsking(null);
            setRotated(next);
          }}
        />
      )}
      {rotated && <SecretOnceDialog created={rotated} onClose={() => setRotated(null)} />}
    </Sheet>
  );
}
