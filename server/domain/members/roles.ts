/** Who may do what in a workspace. */
export const permissions = [
  'workspace:read',
  'workspace:manage',
  'members:read',
  'keys:read',
  'keys:manage',
  'models:call',
  'usage:read',
  'webhooks:read',
  'webhooks:manage',
  'batches:read',
  'batches:manage',
  /** Calls models with what stands in a file, and may read what is in files: for roles that may do both. */
  'batches:create',
  /** What stands in files: inputs and answers. */
  'files:read',
] as const;
export type Permission = (typeof permissions)[number];

export const roles = {
  owner: permissions,
  admin: permissions,
  developer: [
    'workspace:read',
    'members:read',
    'keys:read',
    'keys:manage',
    'models:call',
    'usage:read',
    'webhooks:read',
    'webhooks:manage',
    'batches:read',
    'batches:manage',
    'batches:create',
    'files:read',
  ],
  viewer: ['workspace:read', 'members:read', 'keys:read', 'usage:read', 'webhooks:read', 'batches:read'],
} as const satisfies Record<string, readonly Permission[]>;
export type Role = keyof typeof roles;

export function isRole(value: string): value is Role {
  return value in roles;
}

export function roleMay(role: Role, permission: Permission): boolean {
  return (roles[role] as readonly Permission[]).includes(permission);
}
