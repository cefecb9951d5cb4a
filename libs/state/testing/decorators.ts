import { intercepted, type Store, StoreUnavailable } from '#libs/state';

/**
 * A store that fails where `when` says so, before or after the call reached it: a reply that is lost
 * leaves its effect behind.
 */
export function failing<S extends Store>(
  store: S,
  when: (method: string) => 'before' | 'after' | false,
  error: () => Error = () => new StoreUnavailable('failing, as the test wants it'),
): S {
  return intercepted(store, async (method, call) => {
    const where = when(method);
    if (where === 'before') throw error();
    const result = await call();
    if (where === 'after') throw error();
    return result;
  });
}

/** A store that counts its calls in `counts`, by the method's name. */
export function counted<S extends Store>(store: S, counts: Map<string, number>): S {
  return intercepted(store, (method, call) => {
    counts.set(method, (counts.get(method) ?? 0) + 1);
    return call();
  });
}

/** A store whose every call waits for `pause` first. */
export function slow<S extends Store>(store: S, pause: (method: string) => Promise<void>): S {
  return intercepted(store, async (method, call) => {
    await pause(method);
    return call();
  });
}
