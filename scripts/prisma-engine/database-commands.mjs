import pg from 'pg';

/** What the engine is asked before there is a connection to work on. Answers as lines of JSON on stderr. */
export async function runDatabaseCommand(command, databaseUrl) {
  const address = new URL(databaseUrl);
  const name = decodeURIComponent(address.pathname.slice(1));
  // A database is made and dropped from another one.
  if (command !== 'can-connect-to-database') address.pathname = '/postgres';
  const client = new pg.Client({ connectionString: address.toString() });
  try {
    await client.connect();
    if (command === 'create-database') await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    if (command === 'drop-database') await client.query(`DROP DATABASE ${client.escapeIdentifier(name)}`);
    say('INFO', 'done');
    return 0;
  } catch (error) {
    const isMissing = error.code === '3D000';
    say('ERROR', error.message, {
      is_panic: false,
      error_code: isMissing ? 'P1003' : 'P1001',
      meta: isMissing ? { database_name: name } : {},
    });
    return 1;
  } finally {
    await client.end().catch(() => {});
  }
}

function say(level, message, more = {}) {
  const line = {
    level,
    timestamp: new Date().toISOString(),
    fields: { message, ...more },
    target: 'schema_engine',
  };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
