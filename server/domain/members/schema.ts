/** Browser-safe: a screen shows only what its reader may do. The server decides again. */
export { type Permission, type Role, roleMay } from './roles.ts';
