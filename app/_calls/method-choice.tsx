'use client';
import { useId } from 'react';
import { explanationRuns, type PictureExplanationMethod } from '#server/domain/explanations/schema.ts';
import { money } from '../_format/money.ts';
import { plural } from '../_format/number.ts';
import { methodName, type PartsName } from './explanation-methods.ts';

interface MethodChoiceProps<Method extends PictureExplanationMethod> {
  /** The first one is what is taken where nothing is said. */
  readonly methods: readonly Method[];
  readonly method: Method;
  readonly part: PartsName;
  /** Of what would be explained. */
  readonly parts: number;
  /** What a run costs, where that is the same for all of them. */
  readonly runMicroUsd?: number;
  readonly choose: (method: Method) => void;
}

/** How an answer is explained, each way with what it takes. */
export function MethodChoice<Method extends PictureExplanationMethod>({
  methods,
  method,
  part,
  parts,
  runMicroUsd,
  choose,
}: MethodChoiceProps<Method>) {
  const id = useId();
  return (
    <div className="method">
      <label className="label" htmlFor={id}>
        Explain by
      </label>
      <select
        id={id}
        className="input"
        value={method}
        onChange={(event) => {
          const chosen = methods.find((one) => one === event.target.value);
          if (chosen) choose(chosen);
        }}
      >
        {methods.map((one) => {
          const runs = explanationRuns(one, parts);
          return (
            <option key={one} value={one}>
              {methodName(one, part)}, {plural(runs, 'run')}
              {runMicroUsd !== undefined && `, ${money(runs * runMicroUsd)}`}
            </option>
          );
        })}
      </select>
    </div>
  );
}
