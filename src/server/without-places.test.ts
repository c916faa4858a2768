/** Texts of servers, as they come: what says where they run is cut, and what they say of a request is not. */
import { expect, test } from 'vitest';
import { withoutPlaces } from './without-places.ts';

test.each([
  ['see http://10.1.2.3:8000/v1/models for more.', 'see [address] for more.'],
  ['(https://vllm.internal/docs), then again', '([address]), then again'],
  ['bad url: "http://[::1]:8000/x"', 'bad url: "[address]"'],
  ['connect ECONNREFUSED 10.1.2.3:8000', 'connect ECONNREFUSED [address]'],
  ['localhost:8000 and vllm-0.pool.svc:8000 and [fe80::1]:80 are down', '[address] and [address] and [address] are down'],
  ['file:///srv/models/x.json is broken', '[address] is broken'],
  ['s3://bucket/models/x, gs://b', '[address], [address]'],
  ['no such file: /srv/models/bge-m3/config.json', 'no such file: [path]'],
  ["[Errno 2] No such file or directory: '/srv/my models/config.json'", "[Errno 2] No such file or directory: '[path]'"],
  ['File "/usr/lib/python3.12/site-packages/vllm/x.py", line 5', 'File "[path]", line 5'],
  ['at /app/server.js:12:3.', 'at [path]:12:3.'],
  ['model=/data/model.safetensors.', 'model=[path].'],
  ['(/home/me/.cache/hub) and ~/models or ../up/x', '([path]) and [path] or [path]'],
  ['"/data/models/bge-m3" can be asked for: embed', '"[path]" can be asked for: embed'],
  ['at C:\\Users\\me\\x.onnx and D:/models/x and \\\\host\\share\\x', 'at [path] and [path] and [path]'],
  ['/srv/a', '[path]'],
  ['TEI answered /embed with 400: no /tenant/embed here', 'TEI answered /embed with 400: no [path] here'],
])('%s', (text, told) => expect(withoutPlaces(text)).toBe(told));

test.each([
  "This model's maximum context length is 512 tokens. However, you requested 600 tokens in the input. Please reduce the length of the input.",
  'Model "BAAI/bge-m3" does not support matryoshka representation, changing output dimensions will lead to poor results.',
  'Model "bge" only supports [64, 128] matryoshka dimensions, use other output dimensions will lead to poor results.',
  'truncate_prompt_tokens value is greater than max_model_len. Please, select a smaller truncation size.',
  'Input lengths must be either 1:1, 1:N or N:N',
  "Unsupported task: 'encode' Supported tasks: ('embed',)",
  'batch size 64 > maximum allowed batch size 32',
  '`inputs` must have less than 512 tokens. Given: 600',
  'rockpool 0.1 answered /pooling with 400, on /v1/embeddings and "/rerank".',
  'normalize/activation/softmax and/or 1/2, 3 / 4, [CLS]/[SEP], <s>a</s></s>b</s>, naïve/café',
  'body.input.0: Input should be a valid string; body.input:5',
  'TEI 1.8.2 of 2026-01-02 10:11:12, vLLM 0.10.1.1rc',
])('%s is left as it is', (text) => expect(withoutPlaces(text)).toBe(text));

test('however long a client made it, and of whatever letters', () => {
  for (const part of ['a.', '1.1.', 'a-', '/', '"/', 'a+', '[:', 'a://', '://,', '\\\\'])
    expect(withoutPlaces(part.repeat(5_000_000)).length).toBeLessThan(40_000);
});
