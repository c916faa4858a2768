/** The page's parts, put together: one model and one corpus for all views, the frame around them. */
import { createAnnouncer } from './ui/announce.ts';
import { byId } from './ui/dom.ts';
import { mountDeviceBadge } from './frame/device-badge.ts';
import { createFooter } from './frame/footer.ts';
import type { Page, View } from './frame/page.ts';
import { createRoute } from './ui/route.ts';
import { showViews } from './frame/views.ts';
import { Corpus } from './corpus/corpus.ts';
import { ModelHost } from './model/model-host.ts';
import type { DeviceChoice } from './model/model-host.ts';
import { mountSearch } from './search/search-view.ts';

const views: readonly View[] = [{ id: 'search', label: 'Search', mount: mountSearch }];

const route = createRoute('search');
const wished = route.get('device');
const model = new ModelHost(wished === 'webgpu' || wished === 'wasm' ? wished : 'auto');
const corpus = new Corpus(model);
const page: Page = { model, corpus, route, footer: createFooter(byId('footer'), model), announce: createAnnouncer(byId('live')) };

mountDeviceBadge(byId('device-place'), model, (device: DeviceChoice) => {
  route.set('device', device === 'auto' ? null : device);
  // Before the first load it is only a wish: nothing is downloaded without a press of the button that names the size.
  if (['looking', 'asking'].includes(model.state.get().kind)) model.device = device;
  else void model.load(device);
});
showViews(views, byId('views'), byId('view'), page);
void corpus.load();
void model.start();
