'use client';
import { Field } from '../../../../_components/field.tsx';
import { useUrlParam } from '../../../../_components/use-url-param.ts';
import { type NumberRange, readNumber } from './read-number.ts';

export interface NumberParam {
  readonly text: string;
  /** Undefined: left out. Null: no such number. */
  readonly value: number | null | undefined;
  readonly range: NumberRange;
  readonly set: (text: string) => void;
}

/** A parameter of a call that lives in the address: it says nothing of what is called with. */
export function useNumberParam(name: string, range: NumberRange): NumberParam {
  const [given, set] = useUrlParam(name);
  return { text: given ?? '', value: readNumber(given, range), range, set };
}

export const abstainHelp = 'Give no label where the best one’s probability is lower, from 0 to 1.';

interface NumberFieldProps {
  readonly label: string;
  readonly param: NumberParam;
  /** What is taken where it is left out. */
  readonly placeholder: string;
  readonly help?: string;
}

export function NumberField({ label, param, placeholder, help }: NumberFieldProps) {
  const { text, value, range, set } = param;
  const { min, max, isWhole } = range;
  return (
    <Field
      label={label}
      inputMode="decimal"
      value={text}
      placeholder={placeholder}
      help={help}
      error={value === null ? `${isWhole ? 'A whole number' : 'A number'} from ${min} to ${max}.` : undefined}
      onChange={(event) => set(event.target.value)}
    />
  );
}
