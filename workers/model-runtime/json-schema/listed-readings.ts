import { alternativesOf, constantsOf, type TargetOf } from './alternatives.ts';
import { branchesOf, choiceOf } from './keywords-together.ts';
import { widestFork } from './one-of-texts.ts';
import { isConstant, type Schema } from './schema-fields.ts';

/**
 * In how many ways what a part lists can go on at once. The constants among the branches of a choice are written as one list;
 * those that its other branches lead to are open beside it. What may come next is decided by one character, and counts half.
 */
export function listedReader(targetOf: TargetOf): (part: Schema) => number {
  const read = new Map<Schema, number>();

  function readingsOf(part: Schema): number {
    const known = read.get(part);
    if (known !== undefined) return known;
    const readings = part.$ref === undefined ? count(part) : throughReference(part);
    read.set(part, readings);
    return readings;
  }

  function throughReference({ $ref }: Schema): number {
    const target = targetOf($ref as string);
    return target ? readingsOf(target) : 0;
  }

  function count(part: Schema): number {
    if (isConstant(part)) return forkOf([part]);
    if (choiceOf(part) === undefined) return 0;
    const branches = branchesOf(part, '');
    const others = branches
      .filter((branch) => !isConstant(branch))
      .flatMap((branch) => alternativesOf(branch, targetOf) ?? []);
    return others
      .filter(isConstant)
      .reduce((sum, one) => sum + Math.max(1, readingsOf(one)), forkOf(branches.filter(isConstant)));
  }

  return readingsOf;
}

function forkOf(constants: readonly Schema[]): number {
  return Math.ceil(widestFork(constants.flatMap((schema) => [...(constantsOf(schema) ?? [])])) / 2);
}
