/** Views in, a row of links and the one that the hash names out. A view stays mounted, so coming back to it loses nothing. */
import { el, setAttribute } from '../ui/dom.ts';
import type { Page, View } from './page.ts';

export function showViews(views: readonly View[], nav: HTMLElement, place: HTMLElement, page: Page): void {
  const mounted = new Map<string, HTMLElement>();
  const links = views.map(({ id, label }) => ({ id, element: el('a', { href: `#${id}` }, label) }));
  nav.replaceChildren(...links.map(({ element }) => element));

  const show = () => {
    const view = views.find(({ id }) => id === page.route.view()) ?? views[0];
    if (!view) return;
    for (const { id, element } of links) setAttribute(element, 'aria-current', id === view.id ? 'page' : null);
    for (const [id, element] of mounted) element.hidden = id !== view.id;
    document.title = `${view.label} · rockpool`;
    if (mounted.has(view.id)) return;
    const element = place.appendChild(el('div', { class: `view view-${view.id}` }));
    mounted.set(view.id, element);
    void view.mount(element, page);
  };
  page.route.onChange(show);
  show();
}
