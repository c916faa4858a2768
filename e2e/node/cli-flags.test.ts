/** The command line of rockpool: flags as `vllm serve` has them, in either spelling, and errors that say what to do. */
import { describe, expect, test } from 'vitest';
import { closest } from '../../bin/closest.ts';
import { exitCodeOf, Failure } from '../../bin/failure.ts';
import { commonFlags, embedFlags, ignoredFlags, limitFlags, logFlags, modelFlags, serveFlags } from '../../bin/flags.ts';
import { helpOf } from '../../bin/help.ts';
import { loadOptions } from '../../bin/load-options.ts';
import { parseFlags } from '../../bin/parse-flags.ts';
import { headsOf, modelsToServe } from '../../bin/served-names.ts';
import { serverOptions } from '../../bin/server-options.ts';
import { embedCommand } from '../../bin/embed.ts';
import { serveCommand } from '../../bin/serve.ts';

const FLAGS = { ...modelFlags, ...serveFlags, ...limitFlags, ...logFlags, ...commonFlags };
const parse = (...argv: string[]) => parseFlags(argv, FLAGS, 'rockpool serve');

/** A failure's message, and that its exit code is 2. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    expect(exitCodeOf(error)).toBe(2);
    return (error as Error).message;
  }
  throw new Error('It was taken.');
}

/** A shell's words of a line in single quotes and backslashes at line ends. */
function words(line: string): string[] {
  return [...line.replaceAll(/\\\n/g, ' ').matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

describe("A line for `vllm serve` of vLLM's documentation", () => {
  test('with chunked processing means the same here', () => {
    const [, , ...argv] = words(`vllm serve intfloat/multilingual-e5-large \\
      --task embed \\
      --override-pooler-config '{"pooling_type": "MEAN", "normalize": true, "enable_chunked_processing": true, "max_embed_len": 3072000}' \\
      --trust-remote-code`);
    const { values, positionals, ignored } = parse(...argv);
    expect(positionals).toEqual(['intfloat/multilingual-e5-large']);
    expect(ignored).toEqual(['--trust-remote-code']);
    expect(loadOptions(values, positionals[0]!).overridePoolerConfig).toEqual({
      pooling_type: 'MEAN',
      normalize: true,
      enable_chunked_processing: true,
      max_embed_len: 3_072_000,
      task: 'embed',
    });
  });

  test('with underscores and a list of dimensions does too', () => {
    const [, , ...argv] = words(`vllm serve Snowflake/snowflake-arctic-embed-m-v1.5 --hf_overrides '{"matryoshka_dimensions":[256]}'`);
    const { values, positionals } = parse(...argv);
    expect(loadOptions(values, positionals[0]!)).toMatchObject({ hfOverrides: { matryoshka_dimensions: [256] } });
  });

  test('with flags about GPUs is taken, and they are told', () => {
    const { ignored, positionals } = parse(
      'm',
      '--tensor-parallel-size',
      '1',
      '--gpu_memory_utilization=0.9',
      '--enforce-eager',
      '--no-enable-prefix-caching',
    );
    expect(ignored).toEqual(['--tensor-parallel-size', '--gpu-memory-utilization', '--enforce-eager', '--no-enable-prefix-caching']);
    expect(positionals).toEqual(['m']);
  });
});

describe('Flags', () => {
  test('take dotted keys of a JSON flag, which are laid over the whole', () => {
    const { values } = parse(
      'm',
      '--pooler-config',
      '{"pooling_type":"CLS","normalize":true}',
      '--pooler_config.pooling-type',
      'MEAN',
      '--hf-overrides.a.b=[1]',
      '--hf-overrides.a.c',
      'x',
    );
    expect(values['pooler-config']).toEqual({ pooling_type: 'MEAN', normalize: true });
    expect(values['hf-overrides']).toEqual({ a: { b: [1], c: 'x' } });
  });

  test('of several values take them in a row and again', () => {
    const { values, positionals } = parse('m', '--served-model-name', 'a', 'b', '--port', '1', '--served-model-name', 'c', '--api-key=k');
    expect(values['served-model-name']).toEqual(['a', 'b', 'c']);
    expect(values['api-key']).toEqual(['k']);
    expect(positionals).toEqual(['m']);
  });

  test('leave what follows -- alone', () => {
    expect(parse('--port', '1', '--', '--hf_overrides', 'm').positionals).toEqual(['--hf_overrides', 'm']);
  });

  test('count in thousands as vLLM does', () => {
    expect(parse('--max-model-len', '16k').values['max-model-len']).toBe(16_000);
    expect(parse('--max-body-bytes', '16M').values['max-body-bytes']).toBe(16 * 2 ** 20);
    expect(parse('--request-timeout', '0.5').values['request-timeout']).toBe(500);
    expect(parse('--shutdown-timeout', '0').values['shutdown-timeout']).toBe(0);
    expect(parse('--max-queue-length', '0').values['max-queue-length']).toBe(0);
  });

  test('that are switches go on and off', () => {
    expect(parse('--no-self-check').values['self-check']).toBe(false);
    expect(parse('--self-check').values['self-check']).toBe(true);
    expect(parseFlags(['--no-normalize'], embedFlags, 'x').values.normalize).toBe(false);
    expect(parseFlags(['-o', 'f', '--truncate', '-1'], embedFlags, 'x').values).toEqual({ output: 'f', truncate: -1 });
  });

  test('that do not exist are errors that name the nearest', () => {
    expect(refusal(() => parse('--prot', '1'))).toBe(
      'rockpool serve has no flag --prot. Did you mean --port? All are in: rockpool serve --help',
    );
    expect(refusal(() => parse('--overide_pooler_config', '{}'))).toContain('Did you mean --override-pooler-config?');
    expect(refusal(() => parse('--quantization', 'awq'))).not.toContain('Did you mean');
    expect(refusal(() => parse('-x'))).toContain('no flag -x');
    expect(refusal(() => parse('--port.x', '1'))).toContain('no flag --port.x');
    expect(refusal(() => parse('--constructor', '1'))).toContain('no flag --constructor');
  });

  test('with values that cannot be are errors that say what can', () => {
    expect(refusal(() => parse('--port', 'x'))).toBe('--port takes an integer from 0 to 65535, got "x".');
    expect(refusal(() => parse('--port', '70000'))).toContain('from 0 to 65535');
    expect(refusal(() => parse('--port'))).toBe('--port needs a value.');
    expect(refusal(() => parse('--host', '--port', '1'))).toBe('--host needs a value.');
    expect(refusal(() => parse('--enforce-eager=yes'))).toContain('takes no value');
    expect(refusal(() => parse('--max-tokens', '0'))).toContain('at least 1');
    expect(refusal(() => parse('--request-timeout', '0'))).toContain('above 0');
    for (const text of ['-1', '', 'x', 'Infinity', '1e7']) {
      expect(refusal(() => parse(`--shutdown-timeout=${text}`))).toContain('takes a number of seconds from 0, at most 2147483');
    }
    expect(refusal(() => parse('--device', 'cuda'))).toBe('--device is one of auto, webgpu, wasm, cpu, got "cuda".');
    expect(refusal(() => parse('--task', 'generate'))).toContain('--task is one of auto, embed,');
    expect(refusal(() => parse('--pooler-config', '{pooling_type: CLS}'))).toMatch(/^--pooler-config takes a JSON object, .*single quotes/);
    expect(refusal(() => parse('--hf-overrides', '[1]'))).toBe('--hf-overrides takes a JSON object, got [1].');
  });

  test('of no effect are none of those that have one', () => {
    const known = Object.entries({ ...FLAGS, ...embedFlags }).flatMap(([name, flag]) => [name, ...('also' in flag ? flag.also : [])]);
    expect(known.filter((name) => Object.hasOwn(ignoredFlags, name))).toEqual([]);
    expect(new Set(known).size).toBe(known.length);
  });

  test('are all in --help, in lines that fit', () => {
    for (const command of [serveCommand, embedCommand]) {
      const help = helpOf(command);
      for (const group of Object.values(command.groups)) {
        for (const name of Object.keys(group)) expect(help).toMatch(new RegExp(`--(no-)?${name}[, \\n]`));
      }
      expect(
        Math.max(
          ...help
            .split('\n')
            .slice(4)
            .map((line) => line.length),
        ),
      ).toBeLessThanOrEqual(112);
    }
  });
});

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

test('The nearest name is near', () => {
  expect(closest('prot', ['port', 'host'])).toBe('port');
  expect(closest('something-else', ['port', 'host'])).toBeNull();
});
