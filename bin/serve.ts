/** `rockpool serve`: flags -> models, a server that answers for them, and the exit code once it is stopped. */
import type { Handler } from '../src/server.ts';
import { SHUTDOWN_TIMEOUT } from '../src/server/options.ts';
import { VERSION } from '../src/server/version.ts';
import { checkTemplates } from './check-template.ts';
import { wrongUse } from './failure.ts';
import { commonFlags, limitFlags, logFlags, modelFlags, serveFlags } from './flags.ts';
import type { Command } from './help.ts';
import { listen } from './listen.ts';
import { modelLoader } from './load-model.ts';
import { logger } from './log.ts';
import { namedModels, openModels } from './open-models.ts';
import { parseFlags } from './parse-flags.ts';
import { refusal } from './refusal.ts';
import { runtimeName } from './runtime.ts';
import { headsOf, modelsToServe } from './served-names.ts';
import { serverOptions } from './server-options.ts';
import { exitCodeOfSignal, onSignals, type Signal } from './signals.ts';
import { statusLine } from './status-line.ts';
import { Stop } from './stop.ts';
import { summary } from './summary.ts';
import { webGpuHint } from './webgpu.ts';

export const serveCommand: Command = {
  usage: 'serve MODEL [MODEL …] [flags]',
  about:
    'Answers requests of OpenAI’s, vLLM’s, Cohere’s and Jina’s clients. MODEL is a folder, a URL or a hub id; NAME=MODEL gives it a name.\n' +
    'Flags are those of `vllm serve`. With several models, those about the model are for each of them.',
  examples: [
    'rockpool serve ./models/all-MiniLM-L6-v2',
    `rockpool serve intfloat/multilingual-e5-large --task embed --pooler-config '{"pooling_type": "MEAN"}'`,
    'rockpool serve embed=./models/all-MiniLM-L6-v2 rerank=./models/debian-reranker --api-key secret',
  ],
  groups: { Model: modelFlags, Server: serveFlags, Limits: limitFlags, Log: logFlags, Other: commonFlags },
};

const FLAGS = { ...modelFlags, ...serveFlags, ...limitFlags, ...logFlags, ...commonFlags };

export async function serve(argv: readonly string[]): Promise<number> {
  const { values, positionals, ignored } = parseFlags(argv, FLAGS, 'rockpool serve');
  const { host = '127.0.0.1', port = 8000, 'log-level': level = 'info', 'log-format': format = 'text' } = values;
  const wanted = modelsToServe([...positionals, ...(values.model ?? [])], values['served-model-name']);
  const options = serverOptions(values);
  const { 'shutdown-timeout': shutdownTimeout = SHUTDOWN_TIMEOUT } = values;
  await checkTemplates(options.chatTemplate);
  const heads = headsOf(values.head, wanted);

  const status = statusLine(process.stderr);
  const log = logger({ level, format, withoutRequests: values['disable-log-requests'] === true }, status.print);
  const isLive = status.isTerminal && format === 'text';
  const tell = (message: string) => log({ level: 'info', message });
  if (ignored.length > 0) tell(`Without an effect here: ${ignored.join(', ')}`);

  let stop: Stop | null = null;
  const stopped = new Promise<Signal>((resolve) => {
    onSignals((signal) => {
      if (!stop) process.exit(exitCodeOfSignal(signal));
      resolve(signal);
    });
  });
  /** Listens before the models are there: a port in use is told at once, and who asks early is told to wait. */
  const listener = await listen((request) => (stop ? stop.answer(request) : refusal(request, 'The model is being loaded.')), {
    host,
    port,
  });
  const load = await modelLoader(values, {
    show: isLive ? status.show : () => {},
    step: isLive ? () => {} : tell,
    log: (entry) => log({ ...entry }),
  });
  const served = await openModels(wanted, heads, load);
  const models = namedModels(served);
  // By which it answers, whatever it was asked by.
  const firstNames = served.map(({ names: [first] }) => first!);
  const stranger = typeof options.chatTemplate === 'object' && Object.keys(options.chatTemplate).find((name) => !firstNames.includes(name));
  if (stranger) throw wrongUse(`--chat-template: no model answers as "${stranger}", but: ${firstNames.join(', ')}.`);
  const { createHandler } = await import('../src/server.ts');
  stop = new Stop(createHandler(models, { ...options, onLog: log }));
  const infos = served.map(({ names, llm }) => ({ names, info: llm.info }));
  if (format === 'json') log({ level: 'info', message: 'ready', url: listener.url, models: infos });
  else if (level === 'debug' || level === 'info') {
    const about = {
      url: listener.url,
      routes: await routesOf(createHandler(models)),
      keys: options.apiKeys?.length ?? 0,
      webGpuHint: webGpuHint(),
      hasOpenMetrics: options.protectMetrics === false,
    };
    status.print(summary(infos, { ...about, versions: `rockpool ${VERSION} on ${runtimeName()}` }));
  }
  const signal = await stopped;
  log({ level: 'info', message: `${signal}: answering the requests under way. Once more to stop at once.` });
  const lost = await stop.run(shutdownTimeout, listener, log);
  // What did not end in time may not end at all: the process will.
  if (lost > 0) return exitCodeOfSignal(signal);
  for (const { llm } of served) await llm.dispose();
  return 0;
}

/** Of the handler's own description, so that there is one list. */
async function routesOf(handler: Handler): Promise<string[]> {
  const response = await handler(new Request('http://localhost/openapi.json'));
  const { paths } = (await response.json()) as { paths: object };
  return Object.keys(paths);
}
