/** What can happen, with what its event carries. A type that is added here has to be explained below. */
export interface WebhookEventData {
  readonly 'key.created': ApiKeyEventData;
  readonly 'key.revoked': ApiKeyEventData;
  readonly 'budget.threshold_reached': {
    /** Of the workspace or of the key whose budget it is. */
    readonly id: string;
    readonly of: 'workspace' | 'api_key';
    readonly percent: number;
    readonly budget_micro_usd: number;
    readonly spent_micro_usd: number;
  };
  readonly 'webhook.test': { readonly id: string };
}

interface ApiKeyEventData {
  readonly id: string;
  readonly name: string;
  readonly key_prefix: string;
}

export type WebhookEventType = keyof WebhookEventData;

type Catalogue = {
  readonly [Type in WebhookEventType]: {
    readonly meaning: string;
    readonly example: WebhookEventData[Type];
  };
};

const exampleKey = { id: 'k3Yd0Qm2Vb7T', name: 'web-production', key_prefix: 'my_live_k3Yd0Qm2Vb7T' };

export const webhookEvents: Catalogue = {
  'key.created': { meaning: 'An API key was made.', example: exampleKey },
  'key.revoked': { meaning: 'An API key was revoked.', example: exampleKey },
  'budget.threshold_reached': {
    meaning: 'A budget of the workspace or of a key is spent to a mark.',
    example: {
      id: '019ab2f0-0c1e-7d53-a1c8-5f1f0f3f6f10',
      of: 'workspace',
      percent: 80,
      budget_micro_usd: 50_000_000,
      spent_micro_usd: 40_120_400,
    },
  },
  'webhook.test': {
    meaning: 'Somebody pressed “Send a test event”. It goes to that endpoint alone.',
    example: { id: '019ab2f0-0c1e-7d53-a1c8-5f1f0f3f6f11' },
  },
};

/** What an endpoint can ask for. */
export const subscribableEventTypes = [
  'key.created',
  'key.revoked',
  'budget.threshold_reached',
] as const satisfies readonly WebhookEventType[];
export type SubscribableEventType = (typeof subscribableEventTypes)[number];
