/**
 * The URL hash in and out: `#search?device=wasm&list=meaning` names the view and its state, so that a link shows the same thing.
 * Never the user's text.
 */
export interface Route {
  view(): string;
  get(name: string): string | null;
  /** Null removes it. Replaces the history entry: Back leaves the page instead of undoing a tab. */
  set(name: string, value: string | null): void;
  /** When the hash was changed from outside: a link, or the address bar. */
  onChange(listener: () => void): void;
}

export function createRoute(defaultView: string): Route {
  const parse = () => {
    const [view = '', query = ''] = location.hash.slice(1).split('?');
    return { view: view || defaultView, params: new URLSearchParams(query) };
  };
  return {
    view: () => parse().view,
    get: (name) => parse().params.get(name),
    set(name, value) {
      const { view, params } = parse();
      if (params.get(name) === value) return;
      if (value === null) params.delete(name);
      else params.set(name, value);
      const query = params.toString();
      history.replaceState(null, '', `#${view}${query && `?${query}`}`);
    },
    onChange: (listener) => addEventListener('hashchange', listener),
  };
}
