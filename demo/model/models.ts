/** The page's models, one host each, shared by all views. */
import { modelCards } from './model-cards.ts';
import { ModelHost } from './model-host.ts';
import type { DeviceChoice } from './model-host.ts';

export interface Models {
  /** Texts to vectors, and to sections by its head. */
  embedder: ModelHost;
  /** Pairs to scores. Loaded when somebody asks for it. */
  reranker: ModelHost;
}

export const createModels = (device: DeviceChoice): Models => ({
  embedder: new ModelHost(modelCards.embedder, device),
  reranker: new ModelHost(modelCards.reranker, device),
});

/** Before the first load it is only a wish: nothing is downloaded without a press of the button that names the size. */
export function changeDevice(models: Models, device: DeviceChoice): void {
  for (const host of Object.values(models) as ModelHost[]) {
    if (['looking', 'asking'].includes(host.state.get().kind)) host.device = device;
    else void host.load(device);
  }
}
