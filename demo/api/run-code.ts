/**
 * Source text in, what it shows out. The text becomes the body of an async function in a module of its own (a Blob URL, so that no `eval` is needed),
 * and is given `OpenAI`, `llm`, `reranker` and `show`. It runs in the visitor's own page, with what that page may do: their code, their tab.
 */
import type OpenAI from 'openai';
import type { LLM } from 'rockpool';
import { messageOf } from '../ui/error-words.ts';

export interface Given {
  OpenAI: typeof OpenAI;
  llm: LLM;
  /** Null: not loaded. */
  reranker: LLM | null;
  show: (value: unknown) => void;
}

/** The text is no program, or the page is not allowed to run any. */
export class CodeNotRun extends Error {}

export async function runCode(code: string, given: Given): Promise<void> {
  const source = `export default async ({ OpenAI, llm, reranker, show }) => {\n${code}\n};`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  let run: (given: Given) => Promise<unknown>;
  try {
    ({ default: run } = (await import(/* @vite-ignore */ url)) as { default: typeof run });
  } catch (error) {
    throw new CodeNotRun(messageOf(error), { cause: error });
  } finally {
    URL.revokeObjectURL(url);
  }
  await run(given);
}
