import { TestApp } from '../../src/app.testing.js';

/** Every series name that a server with all modules exports, those that a histogram makes included. */
export async function exportedNames(): Promise<Set<string>> {
  const app = await TestApp.start({ MODULES: 'all' });
  try {
    const { body } = await app.app.inject({ method: 'GET', url: '/metrics' });
    const types = [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
    return new Set(
      types.flatMap(([, name = '', type]) =>
        type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
  } finally {
    await app.close();
  }
}

/** Names of metrics in PromQL or prose; those that rules record have a colon, and are apart. */
export function namesIn(text: string): { metrics: string[]; recorded: string[] } {
  const names = [...new Set(text.match(/(?:\w+:)?\bmaxiaoke_\w+(?::\w+)?/g) ?? [])];
  return {
    metrics: names.filter((name) => !name.includes(':')),
    recorded: names.filter((name) => name.includes(':')),
  };
}
