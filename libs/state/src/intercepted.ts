export type Intercept = (method: string, call: () => unknown) => unknown;

/** The store with every method, those of its parts too (`courses.page`), passed through `intercept`. */
export function intercepted<S extends object>(target: S, intercept: Intercept, path = ''): S {
  return new Proxy(target, {
    get(of, property) {
      const value: unknown = Reflect.get(of, property, of);
      if (typeof property === 'symbol') return value;
      const name = path === '' ? property : `${path}.${property}`;
      if (typeof value === 'function')
        return (...given: unknown[]) =>
          intercept(name, () => Reflect.apply(value, of, given) as unknown);
      const isPart =
        typeof value === 'object' &&
        value !== null &&
        Object.getPrototypeOf(value) !== Object.prototype;
      return isPart ? intercepted(value, intercept, name) : value;
    },
  });
}
