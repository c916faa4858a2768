import { expect, test } from 'vitest';
import { Registry } from './metrics.ts';

test('the text is Prometheus’ format: help, type, a line for each series, buckets that add up', () => {
  const registry = new Registry();
  const count = registry.counter('a_total', 'How many.');
  registry.gauge('b', 'Now.', () => [
    [{}, 3],
    [{ limit: 'x' }, Infinity],
  ]);
  const observe = registry.histogram('c_seconds', 'How long.', [0.1, 1]);
  count({ path: '/x' });
  count({ path: '/x' }, 2);
  count({ path: 'a"b\\c\nd' });
  for (const seconds of [0.05, 0.1, 0.5, 7]) observe({ model: 'm' }, seconds);
  expect(registry.text()).toBe(`# HELP a_total How many.
# TYPE a_total counter
a_total{path="/x"} 3
a_total{path="a\\"b\\\\c\\nd"} 1
# HELP b Now.
# TYPE b gauge
b 3
b{limit="x"} +Inf
# HELP c_seconds How long.
# TYPE c_seconds histogram
c_seconds_bucket{model="m",le="0.1"} 2
c_seconds_bucket{model="m",le="1"} 3
c_seconds_bucket{model="m",le="+Inf"} 4
c_seconds_sum{model="m"} 7.65
c_seconds_count{model="m"} 4
`);
});
