import type { Metadata } from 'next';
import { webhookEndpointOf, workspaceOf } from '../../../../../_trpc/server.ts';
import { EndpointScreen } from './endpoint-screen.tsx';

export const metadata: Metadata = { title: 'Webhook endpoint' };

interface EndpointPageProps {
  readonly params: Promise<{ workspace: string; endpoint: string }>;
}

export default async function EndpointPage({ params }: EndpointPageProps) {
  const { workspace: slug, endpoint: endpointId } = await params;
  const path = `/w/${slug}/webhooks/${endpointId}`;
  const workspace = await workspaceOf(slug, path);
  const { endpoint, deliveries } = await webhookEndpointOf(workspace.id, endpointId, path);
  return <EndpointScreen workspace={workspace} initial={endpoint} initialDeliveries={deliveries} />;
}
