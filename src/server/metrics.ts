/** Counters, gauges and histograms -> Prometheus' text format, version 0.0.4. prom-client is for Node alone, and this runs at the edge. */

type Labels = Readonly<Record<string, string>>;

interface Metric {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  lines(): string[];
}

export class Registry {
  readonly #metrics: Metric[] = [];

  /** By convention its name ends in `_total`. */
  counter(name: string, help: string): (labels: Labels, by?: number) => void {
    const values = new Map<string, number>();
    this.#metrics.push({ name, help, type: 'counter', lines: () => [...values].map(([labels, value]) => `${name}${labels} ${value}`) });
    return (labels, by = 1) => {
      const key = labelsText(labels);
      values.set(key, (values.get(key) ?? 0) + by);
    };
  }

  /** Read when the text is made. */
  gauge(name: string, help: string, read: () => readonly (readonly [Labels, number])[]): void {
    this.#metrics.push({
      name,
      help,
      type: 'gauge',
      lines: () => read().map(([labels, value]) => `${name}${labelsText(labels)} ${numberText(value)}`),
    });
  }

  /** `bounds`: upper ends of the buckets, ascending. */
  histogram(name: string, help: string, bounds: readonly number[]): (labels: Labels, value: number) => void {
    const series = new Map<string, { labels: Labels; counts: number[]; sum: number; count: number }>();
    this.#metrics.push({
      name,
      help,
      type: 'histogram',
      lines: () =>
        [...series.values()].flatMap(({ labels, counts, sum, count }) => [
          ...bounds.map((le, i) => `${name}_bucket${labelsText({ ...labels, le: String(le) })} ${counts[i]}`),
          `${name}_bucket${labelsText({ ...labels, le: '+Inf' })} ${count}`,
          `${name}_sum${labelsText(labels)} ${sum}`,
          `${name}_count${labelsText(labels)} ${count}`,
        ]),
    });
    return (labels, value) => {
      const key = labelsText(labels);
      let one = series.get(key);
      if (!one) series.set(key, (one = { labels, counts: bounds.map(() => 0), sum: 0, count: 0 }));
      // A bucket counts what lies below its end, so that of the buckets before it too.
      bounds.forEach((le, i) => {
        if (value <= le) one.counts[i]!++;
      });
      one.sum += value;
      one.count++;
    };
  }

  text(): string {
    return this.#metrics
      .map(
        ({ name, help, type, lines }) =>
          `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines()
            .map((line) => `${line}\n`)
            .join('')}`,
      )
      .join('');
  }
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`,
  );
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

function numberText(value: number): string {
  return value === Infinity ? '+Inf' : String(value);
}
