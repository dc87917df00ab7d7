import { existsSync, readFileSync } from 'node:fs';

/** The part of the native engine's command line that Prisma 7 uses. */
export function readArguments(args) {
  return {
    asksVersion: args.includes('--version'),
    // `cli can-connect-to-database`, `cli create-database`, `cli drop-database`
    databaseCommand: args.includes('cli') ? args.at(-1) : undefined,
    databaseUrl: readDatasource(args).url ?? process.env.DATABASE_URL,
    datamodels: readDatamodels(args),
  };
}

/** JSON, plain or in base64. */
function readDatasource(args) {
  const position = args.indexOf('--datasource');
  const value = position === -1 ? undefined : args[position + 1];
  if (!value) return {};
  return JSON.parse(value.startsWith('{') ? value : Buffer.from(value, 'base64').toString());
}

/** `-d FILE FILE …`: the schema files, with what is in them. */
function readDatamodels(args) {
  const files = [];
  let isList = false;
  for (const argument of args) {
    if (argument.startsWith('-')) isList = argument === '-d' || argument === '--datamodels';
    else if (isList && existsSync(argument)) files.push([argument, readFileSync(argument, 'utf8')]);
  }
  return files;
}
