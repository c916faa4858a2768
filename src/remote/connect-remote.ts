/** A URL and options -> a Connection to the model behind it. Nothing stays open between calls. */
import { PoolingError } from '../errors.ts';
import { notify, OpenCalls, type Connection } from '../facade/connection.ts';
import type { EitherSpelling } from '../facade/options.ts';
import type { ModelInfo } from '../types.ts';
import type { Server } from './ask.ts';
import { detect } from './detect.ts';
import { Lanes } from './lanes.ts';
import { remoteClient } from './remote-client.ts';
import { remoteInfo } from './remote-info.ts';
import { readRemoteOptions, type RemoteOptions } from './remote-options.ts';

export async function connectRemote(url: string | URL, given: EitherSpelling<RemoteOptions> | undefined): Promise<Connection> {
  const begin = performance.now();
  const options = readRemoteOptions(url, given);
  const { base, onLog } = options;
  const where = `${base.origin}${base.pathname}`.replace(/\/$/, '');
  const server: Server = { ...options, title: `The server at ${where}` };
  const found = await detect(server, options, options.signal ?? new AbortController().signal);
  const served = { ...found, title: `${found.title} at ${where}` };
  for (const message of served.warnings) notify(onLog, { level: 'warning', message });

  const maxInputs = options.maxInputsPerRequest ?? served.maxInputs;
  const calls = new OpenCalls();
  const lanes = new Lanes(options.concurrency);
  const context = { server: { ...server, title: served.title }, served, maxInputs, lanes, widths: new Map<string, number>() };
  const client = remoteClient(context, (event) => calls.dispatch(event));
  const info: ModelInfo = remoteInfo(served, maxInputs, performance.now() - begin);
  let disposed = false;
  return {
    info,
    async call(send, hooks) {
      if (disposed) throw new PoolingError('disposed', 'The LLM was disposed.');
      return calls.run(Promise.resolve(client), send, hooks);
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      calls.failAll(new PoolingError('disposed', 'The LLM was disposed during the call.'));
      await client.dispose();
    },
  };
}
