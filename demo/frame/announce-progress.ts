/** The model's and the indexer's states in, a few spoken sentences out: steps of the load, quarters of the indexing. */
import type { Corpus } from '../corpus/corpus.ts';
import type { ModelHost } from '../model/model-host.ts';
import type { Announce } from '../ui/announce.ts';
import { count } from '../ui/format.ts';

export function announceProgress(model: ModelHost, corpus: Corpus, announce: Announce): void {
  let last = '';
  const say = (sentence: string) => {
    if (sentence !== last && sentence !== '') announce(sentence);
    last = sentence;
  };

  model.state.subscribe((state) => {
    if (state.kind === 'loading')
      say(state.progress?.phase === 'download' || !state.progress ? 'Fetching the model.' : 'Preparing the model.');
    if (state.kind === 'ready') say('The model is ready.');
  });
  corpus.indexer.state.subscribe(({ kind, done, total }) => {
    const quarter = Math.floor((done / total) * 4);
    if (kind === 'running' && quarter > 0) say(`${count((quarter * total) / 4)} of ${count(total)} packages indexed.`);
    if (kind === 'paused') say('Indexing is paused.');
    if (kind === 'done') say(`All ${count(total)} packages are indexed.`);
  });
}
