import { createRequire } from 'node:module';

// The adapter was made for the tables of an application. The engine reads PostgreSQL's catalogue through it, where
// columns of the one-byte type "char" (not char(1)) stand, which the adapter refuses. So such a column passes the
// adapter as text, and is handed to the engine as a character again.
const singleByteChar = 18;
const text = 25;
/** `ColumnTypeEnum.Character` of @prisma/driver-adapter-utils. */
const characterColumn = 6;

const requireBesideAdapter = createRequire(createRequire(import.meta.url).resolve('@prisma/adapter-pg'));
const { Client } = requireBesideAdapter('pg');

/** Which columns were such ones, by the names of all columns of an answer: all that is known on both sides. */
const characterColumns = new Map();

export function forEngine(factory) {
  patchClient();
  for (const connect of ['connect', 'connectToShadowDb']) {
    const original = factory[connect].bind(factory);
    factory[connect] = async () => runsWholeScripts(restoreCharacters(await original()));
  }
  return factory;
}

function restoreCharacters(adapter) {
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    const answer = await queryRaw(query);
    for (const index of characterColumns.get(answer.columnNames.join()) ?? [])
      answer.columnTypes[index] = characterColumn;
    return answer;
  };
  return adapter;
}

/** The adapter cuts a script at every semicolon, also inside a function's body or a comment. PostgreSQL takes it whole. */
function runsWholeScripts(adapter) {
  // Idle connections to the shadow database are cut when it is dropped.
  adapter.underlyingDriver().on('error', () => {});
  adapter.executeScript = async (script) => {
    await adapter.underlyingDriver().query(script);
  };
  return adapter;
}

function patchClient() {
  const query = Client.prototype.query;
  Client.prototype.query = function patched(statement, ...rest) {
    const answer = query.call(
      this,
      dropsByForce(statement),
      ...rest.map((argument) => (typeof argument === 'function' ? passing(argument) : argument)),
    );
    return typeof answer?.then === 'function' ? answer.then(asText) : answer;
  };
}

const passing = (callback) => (error, answer) => callback(error, answer && asText(answer));

function asText(answer) {
  const fields = answer?.fields ?? [];
  const found = fields.flatMap((field, index) => (field.dataTypeID === singleByteChar ? [index] : []));
  if (found.length > 0) characterColumns.set(fields.map((field) => field.name).join(), found);
  for (const index of found) fields[index].dataTypeID = text;
  return answer;
}

/** The shadow database is dropped while the adapter's idle connections to it are still open. */
function dropsByForce(statement) {
  const isObject = typeof statement === 'object' && statement !== null;
  const sql = isObject ? statement.text : statement;
  if (typeof sql !== 'string' || !sql.startsWith('DROP DATABASE "prisma_migrate_shadow')) return statement;
  const forced = `${sql} WITH (FORCE)`;
  return isObject ? { ...statement, text: forced } : forced;
}
