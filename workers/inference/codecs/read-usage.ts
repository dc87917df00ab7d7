import { orDatabaseUnavailable } from '../errors/or-database-unavailable.ts';

export function readUsage<Value>(read: () => Promise<Value>): Promise<Value> {
  return orDatabaseUnavailable('Usage can not be read at the moment. Try again.', read);
}
