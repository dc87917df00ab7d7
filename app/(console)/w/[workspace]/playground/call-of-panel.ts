import type { CodeVariant } from '../../../../_components/code-sample.tsx';
import type { SlipLine } from '../../../../_components/slip.tsx';

/** What a panel's last call says of itself, beside its answer. */
export interface LastCall {
  readonly id: string;
  readonly lines: readonly SlipLine[];
  readonly priceMicroUsd: number;
  /** The answer as it came: an object, or the events of a stream. */
  readonly raw: unknown;
}

/** What the screen needs of a panel, whatever its task. */
export interface PanelRun {
  readonly canRun: boolean;
  readonly running: boolean;
  /** Null: it is over before anyone could stop it. */
  readonly stop: (() => void) | null;
  readonly run: () => void;
  /** As it would be sent now. */
  readonly code: readonly CodeVariant[];
  readonly call: LastCall | null;
  /** Of another input than the one that is there, or of a call that was not answered. */
  readonly stale: boolean;
}
