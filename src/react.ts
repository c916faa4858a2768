/** A React hook: a model that lives as long as its component. */
import { useEffect, useState } from 'react';
import { LLM, type LoadOptions, type LoadProgress, type WorkerOptions } from 'rockpool';

export interface UsedLLM {
  /** Null until it is loaded. */
  llm: LLM | null;
  /** The newest of `LLM.load`; null before the first. */
  progress: LoadProgress | null;
  /** A PoolingError of `LLM.load`; null without. */
  error: unknown;
}

const NOTHING: UsedLLM = { llm: null, progress: null, error: null };
const NEVER = new AbortController().signal;

/**
 * Loads a model when the component is mounted and when `model` changes, and disposes of it when it is unmounted or `model` changes: a load under
 * way is aborted, calls on the old one reject with `disposed`. Models that outlive a component: `LLM.load` outside of it.
 *
 * @param model As for `LLM.load`. Compared by identity: keep a URL or a handle in state. Null: nothing yet.
 * @param options As for `LLM.load`, read when the model is loaded. Later changes of them alone have no effect.
 */
export function useLLM(model: Parameters<typeof LLM.load>[0] | null, options: LoadOptions & WorkerOptions = {}): UsedLLM {
  const [state, setState] = useState({ ...NOTHING, model, signal: NEVER });
  useEffect(() => {
    if (model === null) return;
    const left = new AbortController();
    const show = (news: Partial<UsedLLM>) => {
      if (!left.signal.aborted)
        setState((old) => ({ ...(old.signal === left.signal ? old : NOTHING), ...news, model, signal: left.signal }));
    };
    const onProgress = (progress: LoadProgress) => {
      options.onProgress?.(progress);
      show({ progress });
    };
    const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
    const loaded = LLM.load(model, { ...options, onProgress, signal });
    loaded.then(
      (llm) => show({ llm }),
      (error: unknown) => show({ error }),
    );
    return () => {
      left.abort();
      loaded.then(
        (llm) => llm.dispose(),
        () => {},
      );
    };
  }, [model]);
  // Of a load that was left, the model is disposed of, also if a later load is of the same model.
  return state.model === model && !state.signal.aborted ? state : NOTHING;
}
