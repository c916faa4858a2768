/**
 * The URL hash in and out: `#search?device=wasm&list=meaning` names the view and its state, so that a link shows the same thing.
 * Each view has its own state, which is kept while another view is shown; the device is everybody's. Never the user's text.
 */
export interface ViewState {
  get(name: string): string | null;
  /** Null removes it. Replaces the history entry: Back leaves the view instead of undoing a switch. */
  set(name: string, value: string | null): void;
  /** When this view's state was changed from outside: a link, or the address bar. */
  onChange(listener: () => void): void;
}

export interface Route {
  view(): string;
  of(view: string): ViewState;
  /** Of all views. */
  shared: Pick<ViewState, 'get' | 'set'>;
  /** A link to a view as it was left. */
  href(view: string): string;
  /** Another view is named. */
  onView(listener: () => void): void;
  /** Any state has changed. */
  onState(listener: () => void): void;
}

const sharedNames: readonly string[] = ['device'];

export function createRoute(defaultView: string): Route {
  const states = new Map<string, URLSearchParams>();
  const shared = new URLSearchParams();
  const viewListeners = new Set<() => void>();
  const stateListeners = new Set<() => void>();
  const ofView = new Map<string, Set<() => void>>();
  let current = defaultView;

  const stateOf = (view: string): URLSearchParams => {
    const state = states.get(view) ?? new URLSearchParams();
    states.set(view, state);
    return state;
  };
  const read = () => {
    const [view = '', query = ''] = location.hash.slice(1).split('?');
    current = view || defaultView;
    const params = new URLSearchParams(query);
    for (const name of sharedNames) {
      const value = params.get(name);
      if (value !== null) shared.set(name, value);
      params.delete(name);
    }
    states.set(current, params);
  };
  const href = (view: string) => {
    const query = new URLSearchParams([...shared, ...stateOf(view)]).toString();
    return `#${view}${query && `?${query}`}`;
  };
  const write = (params: () => URLSearchParams, view: string | null) => (name: string, value: string | null) => {
    if (params().get(name) === value) return;
    if (value === null) params().delete(name);
    else params().set(name, value);
    if (view === null || view === current) history.replaceState(null, '', href(current));
    for (const listener of stateListeners) listener();
  };

  read();
  addEventListener('hashchange', () => {
    read();
    for (const listener of [...stateListeners, ...viewListeners, ...(ofView.get(current) ?? [])]) listener();
  });

  return {
    view: () => current,
    of: (view) => ({
      get: (name) => stateOf(view).get(name),
      set: write(() => stateOf(view), view),
      onChange(listener) {
        ofView.set(view, (ofView.get(view) ?? new Set()).add(listener));
      },
    }),
    shared: { get: (name) => shared.get(name), set: write(() => shared, null) },
    href,
    onView: (listener) => viewListeners.add(listener),
    onState: (listener) => stateListeners.add(listener),
  };
}
