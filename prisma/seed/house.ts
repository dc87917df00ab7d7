import { v7 as uuidv7 } from 'uuid';
import type { PrismaClient } from '#prisma/generated/client.ts';
import { planOf } from '#server/domain/billing/plans.ts';
import { brand } from '#server/domain/brand/brand.ts';
import { monthStartOf } from '#server/domain/usage/month-start.ts';

/** The start-up's own workspace, which the landing page's demo calls. Production needs it too. */
export async function seedHouse(db: PrismaClient): Promise<void> {
  const planId = 'scale';
  const { quotaUnits, requestsPerMinute, unitsPerMinute, concurrencyMax } = planOf(planId);
  await db.$transaction(async (transaction) => {
    await transaction.workspace.createMany({
      data: { id: uuidv7(), name: brand.name, slug: 'house', kind: 'house', planId },
      skipDuplicates: true,
    });
    const { id } = await transaction.workspace.findUniqueOrThrow({ where: { slug: 'house' } });
    await transaction.allowance.createMany({
      data: {
        workspaceId: id,
        periodStart: monthStartOf(new Date()),
        quotaUnits,
        requestsPerMinute,
        unitsPerMinute,
        concurrencyMax,
      },
      skipDuplicates: true,
    });
  });
}
