/** useLLM in components, by React's own renderer for tests. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createElement, StrictMode } from 'react';
import { act, create } from 'react-test-renderer';
import { useLLM } from 'rockpool/react';
import { given, near, vectorsOf } from './common.js';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
const folder = (/** @type {string} */ model) => join(given.models, model);

/** Mounts a component with the hook, and hands over what it sees. */
function mounted(/** @type {string | null} */ model, { strict = false } = {}) {
  /** @type {import('rockpool/react').UsedLLM[]} */
  const seen = [];
  /** @param {{ model: string | null }} props */
  const Component = (props) => {
    seen.push(useLLM(props.model, { device: 'wasm', onLog: () => {} }));
    return null;
  };
  const element = (/** @type {string | null} */ one) =>
    createElement(strict ? StrictMode : 'div', null, createElement(Component, { model: one }));
  /** @type {import('react-test-renderer').ReactTestRenderer | undefined} */
  let root;
  act(() => void (root = create(element(model))));
  const last = () => /** @type {import('rockpool/react').UsedLLM} */ (seen.at(-1));
  const until = async (/** @type {(state: import('rockpool/react').UsedLLM) => unknown} */ holds) => {
    for (let tries = 0; !holds(last()); tries++) {
      assert.ok(tries < 500, JSON.stringify(last()));
      await act(() => new Promise((resolve) => void setTimeout(resolve, 20)));
    }
    return last();
  };
  return {
    seen,
    last,
    until,
    change: (/** @type {string | null} */ one) => act(() => root?.update(element(one))),
    unmount: () => act(() => root?.unmount()),
  };
}

test('a component gets its model, and the model goes with it', async () => {
  const { seen, until, unmount } = mounted(folder('tiny-bert'));
  assert.deepEqual([seen[0]?.llm, seen[0]?.progress, seen[0]?.error], [null, null, null]);
  const { llm, progress } = await until((state) => state.llm);
  assert.ok(llm);
  near(await vectorsOf(llm, given.texts), given.expected);
  assert.equal(progress?.phase, 'ready');
  unmount();
  await assert.rejects(llm.embed('a'), { code: 'disposed' });
});

test('another model takes the place of the first, which is disposed of', async () => {
  const { last, until, change, unmount } = mounted(null);
  assert.equal(last().llm, null);
  change(folder('tiny-bert'));
  const { llm: first } = await until(({ llm }) => llm);
  change(folder('tiny-bert-reranker'));
  assert.equal(last().llm, null);
  const { llm: second } = await until(({ llm }) => llm);
  assert.notEqual(second, first);
  await assert.rejects(async () => first?.embed('a'), { code: 'disposed' });
  unmount();
});

test('a model that was left and is wanted again is loaded anew: the one that was disposed of is never seen', async () => {
  const [model, other] = [folder('tiny-bert'), folder('tiny-bert-reranker')];
  const { seen, last, until, change, unmount } = mounted(model);
  for (const between of [null, other]) {
    const { llm: left } = await until(({ llm }) => llm);
    change(between);
    const from = seen.length;
    change(model);
    assert.deepEqual([last().llm, last().progress?.phase === 'ready'], [null, false]);
    const { llm: again } = await until(({ llm }) => llm);
    assert.ok(seen.slice(from).every(({ llm }) => llm !== left));
    near(await vectorsOf(/** @type {import('rockpool').LLM} */ (again), given.texts), given.expected);
  }
  unmount();
});

test('an error goes with the model that had it', async () => {
  const missing = folder('no-such-model');
  const { last, until, change, unmount } = mounted(missing);
  await until(({ error }) => error);
  change(null);
  change(missing);
  assert.equal(last().error, null);
  await until(({ error }) => error);
  unmount();
});

test('what goes wrong is the component’s to show', async () => {
  const { until, unmount } = mounted(folder('no-such-model'));
  const { error, llm } = await until((state) => state.error);
  assert.equal(/** @type {{ code?: string }} */ (error).code, 'model-file-missing');
  assert.equal(llm, null);
  unmount();
});

test('strict mode, which in React 19 mounts twice here, ends with one model', async () => {
  const { until, unmount } = mounted(folder('tiny-bert'), { strict: true });
  const { llm, error } = await until((state) => state.llm);
  assert.equal(error, null);
  near(await vectorsOf(/** @type {import('rockpool').LLM} */ (llm), given.texts), given.expected);
  unmount();
});
