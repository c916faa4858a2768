/** What every view is given, and what a view is. */
import type { Corpus } from '../corpus/corpus.ts';
import type { Models } from '../model/models.ts';
import type { Announce } from '../ui/announce.ts';
import type { ViewState } from '../ui/route.ts';
import type { Footer } from './footer.ts';

export interface Page {
  models: Models;
  corpus: Corpus;
  /** The view's own part of the hash. */
  route: ViewState;
  /** Of the view's own answers. */
  footer: Footer;
  /** A sentence for screen readers, throttled. */
  announce: Announce;
}

/** What each demo/NAME/NAME-view.ts exports. */
export interface ViewModule {
  /** Called once, when the view is first shown. It stays in the page, hidden, when another one is. */
  mount(place: HTMLElement, page: Page): void;
}

export interface View {
  /** In the hash, and the folder's name. */
  id: string;
  /** In the row of views. */
  label: string;
  /** Its code, fetched when it is first shown. */
  load(): Promise<ViewModule>;
}
