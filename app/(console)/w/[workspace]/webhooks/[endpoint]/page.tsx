import type { Metadata } from 'next';
import { cache } from 'react';
import { webhookEndpointOf, workspaceOf } from '../../../../../_trpc/server.ts';
import { EndpointScreen } from './endpoint-screen.tsx';

interface EndpointPageProps {
  readonly params: Promise<{ workspace: string; endpoint: string }>;
}

/** Once a request: the tab is named after the endpoint. */
const endpointOf = cache(async (slug: string, endpointId: string) => {
  const path = `/w/${slug}/webhooks/${endpointId}`;
  const workspace = await workspaceOf(slug, path);
  return { workspace, ...(await webhookEndpointOf(workspace.id, endpointId, path)) };
});

export async function generateMetadata({ params }: EndpointPageProps): Promise<Metadata> {
  const { workspace, endpoint: endpointId } = await params;
  const { endpoint } = await endpointOf(workspace, endpointId);
  return { title: `Webhook to ${new URL(endpoint.url).host}` };
}

export default async function EndpointPage({ params }: EndpointPageProps) {
  const { workspace: slug, endpoint: endpointId } = await params;
  const { workspace, endpoint, deliveries } = await endpointOf(slug, endpointId);
  return <EndpointScreen workspace={workspace} initial={endpoint} initialDeliveries={deliveries} />;
}
