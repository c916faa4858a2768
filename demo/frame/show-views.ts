/** Views in, a row of links and the one that the hash names out. A view stays mounted, so coming back to it loses nothing. */
import { el, setAttribute } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import type { Route } from '../ui/route.ts';
import type { Footers } from './footer.ts';
import type { Page, View } from './page.ts';

const codeMissing = {
  what: 'This part of the page did not arrive.',
  means: 'The network is away, or the server is.',
  todo: 'Check the connection and try again.',
};

/** What all views are given; the rest is each one's own. */
type Parts = Omit<Page, 'route' | 'footer'> & { footers: Footers };

export function showViews(views: readonly View[], nav: HTMLElement, place: HTMLElement, route: Route, { footers, ...page }: Parts): void {
  const places = new Map<string, HTMLElement>();
  const links = views.map(({ id, label }) => ({ id, element: el('a', { href: `#${id}` }, label) }));
  nav.replaceChildren(...links.map(({ element }) => element));

  const mount = async (view: View, element: HTMLElement) => {
    element.setAttribute('aria-busy', 'true');
    try {
      const { mount } = await view.load();
      element.replaceChildren();
      mount(element, { ...page, route: route.of(view.id), footer: footers.of(view.id) });
    } catch (error) {
      element.replaceChildren(errorBox(error, [{ label: 'Try again', run: () => void mount(view, element) }], codeMissing));
    }
    element.removeAttribute('aria-busy');
  };

  const show = () => {
    const view = views.find(({ id }) => id === route.view()) ?? views[0];
    if (!view) return;
    for (const { id, element } of links) setAttribute(element, 'aria-current', id === view.id ? 'page' : null);
    showCurrent(nav);
    for (const [id, element] of places) element.hidden = id !== view.id;
    footers.show(view.id);
    document.title = `${view.label} · rockpool`;
    if (places.has(view.id)) return;
    const element = place.appendChild(el('div', { class: `view view-${view.id}` }));
    places.set(view.id, element);
    void mount(view, element);
  };
  // A tab leads back to what the view showed when it was left.
  const renderLinks = () => links.forEach(({ id, element }) => setAttribute(element, 'href', route.href(id)));
  // At the beginning, and whenever the row is another width.
  new ResizeObserver(() => showCurrent(nav)).observe(nav);
  route.onView(show);
  route.onState(renderLinks);
  renderLinks();
  show();
}

/** In the middle of the row, so that one sees that there are others; sideways only, since the page may be scrolled. */
function showCurrent(nav: HTMLElement): void {
  const current = nav.querySelector<HTMLElement>('[aria-current]');
  if (current) nav.scrollLeft = current.offsetLeft - nav.offsetLeft - (nav.clientWidth - current.offsetWidth) / 2;
}
