/** The flags of `rockpool serve` -> what is loaded and what is served. */
import { describe, expect, test } from 'vitest';
import { loadOptions } from '../../bin/load-options.ts';
import { headsOf, modelsToServe } from '../../bin/served-names.ts';
import { serverOptions } from '../../bin/server-options.ts';
import { parse, refusal } from './cli-parse.ts';

describe('What is loaded', () => {
  const options = (...argv: string[]) => loadOptions(parse(...argv).values, argv[0]!);

  test('has the names of torch and of vLLM', () => {
    expect(options('m', '--dtype', 'half').dtype).toBe('fp16');
    expect(options('m', '--dtype', 'float32').dtype).toBe('fp32');
    expect(options('m', '--dtype', 'q8').dtype).toBe('q8');
    expect(options('m', '--dtype', 'auto')).not.toHaveProperty('dtype');
    expect(options('m', '--device', 'cpu').device).toBe('wasm');
    expect(options('m', '--task', 'embedding').overridePoolerConfig).toEqual({ task: 'embed' });
    expect(options('m', '--runner', 'pooling', '--convert', 'embed').overridePoolerConfig).toEqual({ task: 'embed' });
    expect(options('m', '--task', 'auto')).not.toHaveProperty('overridePoolerConfig');
  });

  test('has one task, whatever it is called', () => {
    expect(options('m', '--task', 'embed', '--convert', 'embed', '--pooler-config.task', 'embed').overridePoolerConfig).toEqual({
      task: 'embed',
    });
    expect(refusal(() => options('m', '--task', 'embed', '--pooler-config.task', 'classify'))).toContain('say: embed, classify.');
  });

  test('sends the token of the hub to nobody else', () => {
    const token = ['--hf-token', 'secret'];
    expect(options('org/name', ...token).headers).toEqual({ authorization: 'Bearer secret' });
    expect(options('https://example.org/model', ...token)).not.toHaveProperty('headers');
    expect(options('org/name', '--hub', 'https://mirror.example', '--revision', 'abc').hub).toEqual({
      base: 'https://mirror.example',
      revision: 'abc',
    });
  });
});

describe('What is served', () => {
  test('has the names that it was given', () => {
    expect(modelsToServe(['./a/b'])).toEqual([{ model: './a/b', names: [] }]);
    expect(modelsToServe(['m'], ['x', 'y'])).toEqual([{ model: 'm', names: ['x', 'y'] }]);
    expect(modelsToServe(['one=./a', 'org/name', 'https://a.example/m?x=y'])).toEqual([
      { model: './a', names: ['one'] },
      { model: 'org/name', names: [] },
      { model: 'https://a.example/m?x=y', names: [] },
    ]);
    expect(refusal(() => modelsToServe(['a', 'b'], ['x']))).toContain('NAME=MODEL');
    expect(refusal(() => modelsToServe([]))).toContain('Which model?');
  });

  test('gives heads to the model that they are for', () => {
    const one = modelsToServe(['m/all-MiniLM-L6-v2']);
    const two = modelsToServe(['embed=a', 'hub/b']);
    expect(headsOf(['a=./x=y', 'b=C:\\heads'], one)).toEqual([{ a: './x=y', b: 'C:\\heads' }]);
    expect(headsOf(['embed:a=x', 'hub/b:a=y', 'embed:b=z'], two)).toEqual([{ a: 'x', b: 'z' }, { a: 'y' }]);
    expect(headsOf(undefined, two)).toEqual([{}, {}]);
    for (const wrong of ['a', '=x', 'a=', ':a=x']) expect(refusal(() => headsOf([wrong], one))).toContain('NAME=FOLDER');
    expect(refusal(() => headsOf(['a=x'], two))).toBe('--head a=x is for one of the models. Say which: embed:a=x, or hub/b:a=x');
    expect(refusal(() => headsOf(['c:a=x'], two))).toContain('names "c", which is none of the models');
  });

  test('gives heads to models that are named by a URL, or by a folder with the signs of one', () => {
    const [url, query, drive] = ['http://127.0.0.1:80/m', 'https://a.example/m?x=y', 'C:\\models\\m'];
    const models = modelsToServe([url, query, drive, `${url}:2`]);
    const head = 'https://b.example:81/head?y=z';
    expect(headsOf([`${url}:a=${head}`, `${query}:a=x`, `${drive}:b=D:\\heads`, `${url}:2:c=./c`], models)).toEqual([
      { a: head },
      { a: 'x' },
      { b: 'D:\\heads' },
      { c: './c' },
    ]);
    expect(headsOf([`${url}:a=${head}`, `b=${head}`], modelsToServe([url]))).toEqual([{ a: head, b: head }]);
    // What is proposed is taken.
    const said = refusal(() => headsOf([`a=${head}`], models));
    const proposed = said.slice(said.indexOf('Say which: ') + 11).split(', or ');
    expect(headsOf(proposed, models)).toEqual(models.map(() => ({ a: head })));
    expect(refusal(() => headsOf([`https://c.example:5/m:a=${head}`], models))).toContain('names "https://c.example:5/m", which is none');
  });

  test('has the limits of the flags', () => {
    const { values } = parse(
      '--max-inputs',
      '3',
      '--max-held-bytes',
      '64M',
      '--request-timeout',
      '2',
      '--shutdown-timeout',
      '1',
      '--open-metrics',
      '--trust-request-chat-template',
    );
    expect(serverOptions(values)).toEqual({
      maxInputs: 3,
      maxHeldBytes: 64 * 2 ** 20,
      requestTimeout: 2_000,
      shutdownTimeout: 1_000,
      apiKeys: [],
      protectMetrics: false,
      trustRequestChatTemplate: true,
    });
  });

  test('takes origins one by one or as a list of JSON, and no mistake in one', () => {
    const origins = (...given: string[]) => serverOptions(parse('--allowed-origins', ...given).values).allowedOrigins;
    expect(origins('https://a.example', 'http://localhost:3000')).toEqual(['https://a.example', 'http://localhost:3000']);
    expect(origins('["*"]')).toBe('*');
    expect(refusal(() => origins('https://a.example/'))).toContain('got "https://a.example/"');
    expect(refusal(() => origins('[1]'))).toContain('list of texts');
  });

  test('takes a template itself, or the file that it is in', () => {
    const template = (given: string) => serverOptions(parse('--chat-template', given).values).chatTemplate;
    expect(template('{{ messages }}')).toBe('{{ messages }}');
    expect(template(import.meta.filename)).toContain('takes a template itself');
    expect(refusal(() => template('no/such/file.jinja'))).toContain('there is no file no/such/file.jinja');
    const templates = (...given: string[]) => serverOptions(parse('--chat-template', ...given).values).chatTemplate;
    expect(templates('a={{ messages }}', `b.c=${import.meta.filename}`)).toEqual({
      a: '{{ messages }}',
      'b.c': expect.stringContaining('takes a template itself'),
    });
    expect(templates('{% set a=1 %}')).toBe('{% set a=1 %}');
    expect(refusal(() => templates('a={{ messages }}', '{{ messages }}'))).toContain('one for all models, or NAME=FILE for each');
    expect(refusal(() => templates('a=no/such/file.jinja'))).toContain('there is no file no/such/file.jinja');
  });

  test('has keys of the environment unless a flag names others', () => {
    const keys = (env: Record<string, string>, ...argv: string[]) => {
      const before = { ...process.env };
      Object.assign(process.env, env);
      try {
        return serverOptions(parse(...argv).values).apiKeys;
      } finally {
        process.env = before;
      }
    };
    expect(keys({ VLLM_API_KEY: 'v' })).toEqual(['v']);
    expect(keys({ VLLM_API_KEY: 'v', ROCKPOOL_API_KEY: 'r' })).toEqual(['r']);
    expect(keys({ ROCKPOOL_API_KEY: 'r' }, '--api-key', 'a', 'b')).toEqual(['a', 'b']);
    expect(keys({ ROCKPOOL_API_KEY: '' })).toEqual([]);
    expect(refusal(() => keys({}, '--api-key', ''))).toContain('is empty');
    expect(refusal(() => keys({}, '--api-key', 'ascii', 'Schlüssel'))).toMatch(/^--api-key must be of visible ASCII characters/);
    expect(refusal(() => keys({ VLLM_API_KEY: '键' }))).toMatch(/^The API key of the environment must be/);
  });
});
