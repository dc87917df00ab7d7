import { readFileSync } from 'node:fs';

/** Names a file like `.modelyard/ready.json`: the product that is tested. */
export const readyFileVariable = 'E2E_READY_FILE';

export interface Product {
  readonly webUrl: string;
  readonly apiUrl: string;
  readonly databaseUrl: string;
  readonly demoEmail: string;
  readonly demoPassword: string;
  readonly demoKey: string;
}

export function readProduct(): Product {
  const file = process.env[readyFileVariable];
  if (!file) throw new Error(`${readyFileVariable} is not set`);
  return JSON.parse(readFileSync(file, 'utf8')) as Product;
}
