/** The page's parts, put together: the models and one corpus for all views, the frame around them. */
import { createAnnouncer } from './ui/announce.ts';
import { byId } from './ui/dom.ts';
import { announceProgress } from './frame/announce-progress.ts';
import { mountDeviceBadge } from './frame/device-badge.ts';
import { createFooters } from './frame/footer.ts';
import { createNewVersionNote } from './frame/new-version-note.ts';
import { showViews } from './frame/show-views.ts';
import { views } from './frame/views.ts';
import { createRoute } from './ui/route.ts';
import { Corpus } from './corpus/corpus.ts';
import { changeDevice, createModels } from './model/models.ts';
import type { DeviceChoice } from './model/model-host.ts';
import { keepOffline } from './offline/keep-offline.ts';

const route = createRoute('search');
const wished = route.shared.get('device');
const models = createModels(wished === 'webgpu' || wished === 'wasm' ? wished : 'auto');
const corpus = new Corpus(models.embedder);
const announce = createAnnouncer(byId('live'));
const page = { models, corpus, footers: createFooters(byId('footer'), models.embedder), announce };

mountDeviceBadge(byId('device-place'), models, (device: DeviceChoice) => {
  route.shared.set('device', device === 'auto' ? null : device);
  changeDevice(models, device);
});
announceProgress(models.embedder, corpus, announce);
showViews(views, byId('views'), byId('view'), route, page);
void models.embedder.start();
void models.reranker.look();
// After the page's own files, so that they do not wait for what is kept for later. While developing there is no such worker.
const onNewVersion = createNewVersionNote(byId('new-version'), announce);
if (import.meta.env.PROD) addEventListener('load', () => void keepOffline(models, onNewVersion));
