/** Text in Prometheus' format -> what is wrong with it. */

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const SAMPLE = new RegExp(`^(${NAME})(\\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*",?)*\\})? (-?[\\d.e+-]+|[+-]Inf|NaN)$`);

/** `positive`: beginnings of series, one of which has to be above 0. */
export function metricsProblems(text: string, positive: readonly string[]): string[] {
  const problems: string[] = [];
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const series = new Map<string, number>();
  if (!text.endsWith('\n')) problems.push('the last line has no end');
  for (const line of text.split('\n').slice(0, -1)) {
    const [, kind, name, rest] = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line) ?? [];
    if (kind === 'HELP') helped.add(name!);
    else if (kind === 'TYPE') {
      if (types.has(name!)) problems.push(`${name} has two types`);
      types.set(name!, rest!);
    } else {
      const [, metric, labels = '', value] = SAMPLE.exec(line) ?? [];
      if (metric === undefined) problems.push(`not a line: ${line}`);
      else if (!types.has(metric) && types.get(metric.replace(/_(bucket|sum|count)$/, '')) !== 'histogram')
        problems.push(`${metric} has no type`);
      if (series.has(`${metric}${labels}`)) problems.push(`${metric}${labels} is there twice`);
      series.set(`${metric}${labels}`, Number(value!.replace('Inf', 'Infinity')));
    }
  }
  for (const [name, type] of types) {
    if (!helped.has(name)) problems.push(`${name} has no help`);
    if (type === 'counter' && !name.endsWith('_total')) problems.push(`${name} is a counter without _total`);
    if (type === 'histogram') problems.push(...histogramProblems(name, series));
  }
  for (const one of positive) {
    if (![...series].some(([key, value]) => key.startsWith(one) && value > 0)) problems.push(`${one} is not above 0`);
  }
  return problems;
}

/** Buckets grow, and the last one has all. */
function histogramProblems(name: string, series: ReadonlyMap<string, number>): string[] {
  const problems: string[] = [];
  for (const [key, count] of series) {
    if (!key.startsWith(`${name}_count`)) continue;
    const labels = key.slice(`${name}_count`.length).replace(/\}$/, '');
    const prefix = `${name}_bucket${labels === '' ? '{' : `${labels},`}le=`;
    const buckets = [...series].filter(([other]) => other.startsWith(prefix)).map(([, value]) => value);
    if (buckets.length === 0 || buckets.at(-1) !== count) problems.push(`the buckets of ${key} do not come to its count`);
    if (buckets.some((value, i) => i > 0 && value < buckets[i - 1]!)) problems.push(`the buckets of ${key} do not grow`);
  }
  return problems;
}
