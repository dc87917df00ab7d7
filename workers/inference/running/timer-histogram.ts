import { Histogram, type HistogramConfiguration } from 'prom-client';

export interface TimerHistogramOptions extends Pick<HistogramConfiguration<string>, 'help' | 'registers'> {
  readonly name: string;
  readonly labelName: string;
  /** Upper bounds in seconds, ascending. */
  readonly boundsSeconds: readonly number[];
}

interface Cell {
  readonly counts: Float64Array;
  sumSeconds: number;
  count: number;
}

/**
 * A histogram of times by one label. prom-client checks and spells the labels at every observation, which for the
 * stages of a request costs more than most of them take; here that is left to the scrape.
 */
export class TimerHistogram extends Histogram<string> {
  readonly #options: TimerHistogramOptions;
  readonly #cells = new Map<string, Cell>();

  constructor(options: TimerHistogramOptions) {
    const { name, help, registers, labelName, boundsSeconds } = options;
    super({ name, help, registers, labelNames: [labelName], buckets: [...boundsSeconds] });
    this.#options = options;
  }

  time(label: string, tookMs: number): void {
    const { boundsSeconds } = this.#options;
    const seconds = tookMs / 1_000;
    const cell = this.#cells.get(label) ?? this.#add(label);
    let bucket = 0;
    while (bucket < boundsSeconds.length && seconds > (boundsSeconds[bucket] ?? 0)) bucket++;
    cell.counts[bucket] = (cell.counts[bucket] ?? 0) + 1;
    cell.sumSeconds += seconds;
    cell.count++;
  }

  #add(label: string): Cell {
    const cell = {
      counts: new Float64Array(this.#options.boundsSeconds.length + 1),
      sumSeconds: 0,
      count: 0,
    };
    this.#cells.set(label, cell);
    return cell;
  }

  /** What the registry asks for, and what the parent's own `get` is made of. */
  async getForPromString() {
    const { name, help } = this.#options;
    const values = [...this.#cells].flatMap(([label, cell]) => this.#valuesOf(label, cell));
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }

  #valuesOf(label: string, { counts, sumSeconds, count }: Cell) {
    const { name, labelName, boundsSeconds } = this.#options;
    const labels = { [labelName]: label };
    let below = 0;
    const buckets = boundsSeconds.map((le, i) => {
      below += counts[i] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: below };
    });
    return [
      ...buckets,
      { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
      { metricName: `${name}_sum`, labels, value: sumSeconds },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}
