/** The command line of rockpool: flags as `vllm serve` has them, in either spelling, and errors that say what to do. */
import { describe, expect, test } from 'vitest';
import { closest } from '../../bin/closest.ts';
import { embedCommand } from '../../bin/embed.ts';
import { embedFlags, ignoredFlags } from '../../bin/flags.ts';
import { helpOf } from '../../bin/help.ts';
import { loadOptions } from '../../bin/load-options.ts';
import { parseFlags } from '../../bin/parse-flags.ts';
import { serveCommand } from '../../bin/serve.ts';
import { FLAGS, parse, refusal, words } from './cli-parse.ts';

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

test('The nearest name is near', () => {
  expect(closest('prot', ['port', 'host'])).toBe('port');
  expect(closest('something-else', ['port', 'host'])).toBeNull();
});
