/** A URL and options -> a Connection to the model behind it. Nothing stays open between calls. */
import { OpenCalls, type Connection } from '../facade/connection.ts';
import { notify } from '../facade/listeners.ts';
import type { EitherSpelling } from '../facade/options.ts';
import { steadyConnection } from '../facade/steady-connection.ts';
import type { ModelInfo } from '../types.ts';
import { AnsweringModel } from './answering-model.ts';
import type { Server } from './ask.ts';
import type { RemoteContext } from './remote-call.ts';
import { detect } from './detect.ts';
import { Lanes } from './lanes.ts';
import { placed } from './placed.ts';
import { remoteClient } from './remote-client.ts';
import { remoteInfo } from './remote-info.ts';
import { readRemoteOptions, type RemoteOptions } from './remote-options.ts';
import { RequestLimits } from './request-limits.ts';

export async function connectRemote(url: string | URL, given: EitherSpelling<RemoteOptions> | undefined): Promise<Connection> {
  const begin = performance.now();
  const options = readRemoteOptions(url, given);
  const { base, onLog } = options;
  const where = `${base.origin}${base.pathname}`.replace(/\/$/, '');
  const server: Server = { ...options, title: 'The server', where };
  const served = await detect(server, options, options.signal ?? new AbortController().signal);
  const warn = (message: string) => notify(onLog, { level: 'warning', message });
  for (const message of served.warnings) warn(message);

  const found = { ...server, title: served.title };
  const maxInputs = options.maxInputsPerRequest ?? served.maxInputs;
  const calls = new OpenCalls();
  const context: RemoteContext = {
    server: found,
    served,
    limits: new RequestLimits(maxInputs, (what) =>
      notify(onLog, { level: 'info', message: `${placed(found)} takes no more in a request: it gets up to ${what} from now on.` }),
    ),
    lanes: new Lanes(options.concurrency),
    answering: new AnsweringModel(options.model, placed(found), warn),
    widths: new Map(),
  };
  const client = remoteClient(context, (event) => calls.dispatch(event));
  const info: ModelInfo = remoteInfo(served, placed(found), options.maxModelLen, context.limits, performance.now() - begin);
  return steadyConnection(client, calls, () => info);
}
