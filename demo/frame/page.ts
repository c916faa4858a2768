/** What every view is given, and what a view is. */
import type { Corpus } from '../corpus/corpus.ts';
import type { ModelHost } from '../model/model-host.ts';
import type { Announce } from '../ui/announce.ts';
import type { Footer } from './footer.ts';
import type { Route } from '../ui/route.ts';

export interface Page {
  model: ModelHost;
  corpus: Corpus;
  route: Route;
  footer: Footer;
  /** A sentence for screen readers, throttled. */
  announce: Announce;
}

export interface View {
  /** In the hash. */
  id: string;
  /** In the row of views. */
  label: string;
  /** Called once, when the view is first shown; may import its code only then. */
  mount(place: HTMLElement, page: Page): void | Promise<void>;
}
