/** What belongs to somebody, and what they were sent. */
export interface Target {
  readonly workspaceId: string;
  readonly slug: string;
  readonly keyId: string;
  readonly sessionId: string;
  readonly endpointId: string;
  readonly deliveryId: string;
  readonly batchId: string;
  readonly mailId: string;
  readonly email: string;
  /** Of a link that resets the password. */
  readonly token: string;
}

export interface RightInput {
  /** Whom it answers: of what belongs to a workspace or a user, everybody else finds nothing. */
  readonly audience: Audience;
  readonly input: (target: Target) => object;
}
export type Audience = 'anyone' | 'user' | 'operator' | 'whose it is';

const password = 'a lantern Over nine quiet harbours';
const settings = { url: 'https://hooks.example/in', eventTypes: ['key.created'] };
const controls = {
  scopes: ['sentiment'],
  models: ['sentiment'],
  allowedAddresses: ['203.0.113.0/24', '2001:db8::/32'],
  allowedOrigins: ['https://app.example.com'],
  requestsPerMinute: 10,
  unitsPerMinute: 10,
  concurrencyMax: 1,
  budget: { microUsd: 1, isHard: true },
};

const anyone = (input: (target: Target) => object = () => ({})): RightInput => ({
  audience: 'anyone',
  input,
});
const user = (input: object = {}): RightInput => ({ audience: 'user', input: () => input });
const operator: RightInput = { audience: 'operator', input: () => ({}) };
const owned = (input: (target: Target) => object): RightInput => ({ audience: 'whose it is', input });
const inWorkspace = (more: object = {}) => owned(({ workspaceId }) => ({ workspaceId, ...more }));
const ofKey = (more: object = {}) => owned(({ workspaceId, keyId }) => ({ workspaceId, keyId, ...more }));
const ofEndpoint = (more: object = {}) =>
  owned(({ workspaceId, endpointId }) => ({ workspaceId, endpointId, ...more }));
const ofDelivery = owned(({ workspaceId, deliveryId }) => ({ workspaceId, deliveryId }));
const ofBatch = owned(({ workspaceId, batchId }) => ({ workspaceId, batchId }));

/** For every procedure, an input that it answers. */
export const rightInputs: Readonly<Record<string, RightInput>> = {
  'account.me': user(),
  'account.requestPasswordReset': anyone(({ email }) => ({ email })),
  'account.resetPassword': anyone(({ token }) => ({ token, password })),
  'account.signUp': anyone(({ email }) => ({ email: `new-${email}`, password, name: 'Ada' })),
  'admin.overview': operator,
  'apiKey.change': ofKey({ expiresAt: null, ...controls }),
  'apiKey.create': inWorkspace({ name: 'A key', expiresInDays: 1, ...controls }),
  'apiKey.endOverlap': ofKey(),
  'apiKey.list': inWorkspace(),
  'apiKey.rename': ofKey({ name: 'Another name' }),
  'apiKey.revoke': ofKey(),
  'apiKey.rotate': ofKey({ overlapHours: 1 }),
  'batch.cancel': ofBatch,
  'batch.get': ofBatch,
  'batch.list': owned(({ workspaceId, batchId }) => ({ workspaceId, cursor: batchId })),
  'batch.token': inWorkspace(),
  'demo.token': anyone(),
  'model.callable': anyone(),
  'model.cards': anyone(),
  'model.safety': anyone(),
  'outbox.get': anyone(({ mailId }) => ({ mailId })),
  'outbox.list': anyone(({ mailId }) => ({ after: mailId })),
  'playground.token': inWorkspace(),
  'session.list': user(),
  'session.revoke': owned(({ sessionId }) => ({ sessionId })),
  'session.revokeOthers': user(),
  'usage.month': inWorkspace(),
  'usage.overview': owned(({ workspaceId, keyId }) => ({
    workspaceId,
    range: '24h',
    keyId,
    model: 'sentiment',
  })),
  'webhook.create': inWorkspace(settings),
  'webhook.delete': ofEndpoint(),
  'webhook.deliveries': owned(({ workspaceId, endpointId, deliveryId }) => ({
    workspaceId,
    endpointId,
    status: 'failed',
    cursor: deliveryId,
  })),
  'webhook.delivery': ofDelivery,
  'webhook.disable': ofEndpoint(),
  'webhook.enable': ofEndpoint(),
  'webhook.get': ofEndpoint(),
  'webhook.list': inWorkspace(),
  'webhook.replay': ofDelivery,
  'webhook.rotateSecret': ofEndpoint({ overlapHours: 1 }),
  'webhook.sendTest': ofEndpoint(),
  'webhook.update': ofEndpoint({ ...settings, url: 'https://hooks.example/other' }),
  'workspace.bySlug': owned(({ slug }) => ({ slug })),
  'workspace.changeBudget': inWorkspace({ budget: { microUsd: 1, isHard: false } }),
  'workspace.create': user({ name: 'A workspace' }),
  'workspace.feedback': inWorkspace(),
  'workspace.list': user(),
  'workspace.rename': inWorkspace({ name: 'Another name' }),
  'workspace.switchFeedback': inWorkspace({ keepsFeedback: true }),
};
