/**
 * Has the browser keep the page, so that it opens without a network: registers the service worker, hands it the runtime that a model was
 * loaded with, and tells of new versions. Where there are no service workers (plain http, some private windows) the page is as it was.
 */
import { runtimeFor } from '../model/model-cards.ts';
import type { ModelHost } from '../model/model-host.ts';
import type { Models } from '../model/models.ts';

export type NewVersion =
  /** `use` has it take over, and reloads the page. */
  | { kind: 'waiting'; use: () => void }
  /** Another tab was told to use it: what this one has not fetched yet may be gone. */
  | { kind: 'taken'; use: () => void };

export async function keepOffline(models: Models, onNewVersion: (version: NewVersion) => void): Promise<void> {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  let isFirst = serviceWorker.controller === null;
  let asked = false;
  serviceWorker.addEventListener('controllerchange', () => {
    if (asked) location.reload();
    else if (!isFirst) onNewVersion({ kind: 'taken', use: () => location.reload() });
    isFirst = false;
  });
  const registration = await serviceWorker.register(new URL('sw.js', document.baseURI)).catch(() => null);
  if (!registration) return;

  const tell = () => {
    const { waiting } = registration;
    if (!waiting || serviceWorker.controller === null) return;
    const use = () => {
      asked = true;
      waiting.postMessage('take over');
    };
    onNewVersion({ kind: 'waiting', use });
  };
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', tell));
  tell();

  const { active } = await serviceWorker.ready;
  for (const host of Object.values(models) as ModelHost[])
    host.state.subscribe(({ kind }) => {
      if (kind === 'ready') (serviceWorker.controller ?? active)?.postMessage({ usedRuntime: runtimeFor(host.device) });
    });
}
