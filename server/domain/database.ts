import type { Prisma, PrismaClient } from '#prisma/generated/client.ts';

export type Database = PrismaClient;
/** What a function asks for that writes inside its caller's transaction. */
export type Transaction = Prisma.TransactionClient;
