import { alternativesOf, constantsOf, type TargetOf } from './alternatives.ts';
import { branchesOf, choiceOf } from './keywords-together.ts';
import { widestFork } from './one-of-texts.ts';
import { isConstant, type Schema, typesOf } from './schema-fields.ts';

/** Of a schema and one of its types: in how many ways the text of a scalar may go on. */
export type WidthOf = (schema: Schema, type: string) => number;

/**
 * In how many ways what a part lists, or a pattern of it, can go on at once. The constants among the branches of a choice are written as one list;
 * those that its other branches lead to are open beside it. What may come next is decided by one character, and counts half.
 */
export function listedReader(targetOf: TargetOf, widthOf: WidthOf): (part: Schema) => number {
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
    if (choiceOf(part) === undefined) return scalarsOf(part);
    const branches = branchesOf(part, '');
    const others = branches
      .filter((branch) => !isConstant(branch))
      .flatMap((branch) => alternativesOf(branch, targetOf) ?? []);
    return others.reduce(
      (sum, one) => sum + (isConstant(one) ? Math.max(1, readingsOf(one)) : scalarsOf(one)),
      forkOf(branches.filter(isConstant)),
    );
  }

  /** Its first character tells a string from a number. */
  function scalarsOf(part: Schema): number {
    const widths = typesOf(part, '').map((type) => {
      if (type === 'string') return Math.max(1, widthOf(part, type));
      return type === 'integer' || type === 'number' ? widthOf(part, type) : 0;
    });
    return Math.ceil(Math.max(...widths) / 2);
  }

  return readingsOf;
}

function forkOf(constants: readonly Schema[]): number {
  return Math.ceil(widestFork(constants.flatMap((schema) => [...(constantsOf(schema) ?? [])])) / 2);
}
