/**
 * A place that shows one of several panels. Each panel is built once when it comes up and updated in place after that,
 * so buttons keep their focus while numbers change. If focus was inside, it moves into the new panel.
 */
export interface Panel<State> {
  element: HTMLElement;
  update(state: State): void;
  /** When another panel takes its place. */
  close?(): void;
}

export interface Switcher {
  /** A panel stays for as long as `kind` is the same: a name, or the error that it is about. */
  show<State>(kind: unknown, state: State, build: () => Panel<State>): void;
}

export function createSwitcher(place: HTMLElement): Switcher {
  let current: { kind: unknown; panel: Panel<never> } | null = null;
  return {
    show(kind, state, build) {
      if (current === null || current.kind !== kind) {
        const hadFocus = place.contains(document.activeElement);
        current?.panel.close?.();
        const panel = build();
        place.replaceChildren(panel.element);
        current = { kind, panel };
        if (hadFocus) panel.element.querySelector<HTMLElement>('button, summary, select')?.focus();
      }
      (current.panel as Panel<typeof state>).update(state);
    },
  };
}
