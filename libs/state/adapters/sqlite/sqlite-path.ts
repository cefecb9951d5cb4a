import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { StoreMisconfigured, type StoreOptions } from '#libs/state';

/** The file a URL names, by its real name; its folder is made. @throws StoreMisconfigured */
export function pathOf({ url, variable, access }: StoreOptions): string {
  const given = url.slice('sqlite:'.length);
  if (given === '')
    throw new StoreMisconfigured(
      `${variable}: sqlite: needs a path, e.g. sqlite:./data/maxiaoke.db`,
    );
  if (given === ':memory:')
    throw new StoreMisconfigured(
      `${variable}: sqlite keeps data in a file; to keep them in memory use memory:`,
    );
  return locate(given, variable, access === 'read');
}

function locate(given: string, variable: string, mustExist: boolean): string {
  const path = resolve(given);
  if (mustExist && !existsSync(path)) {
    throw new StoreMisconfigured(
      `${variable}: ${path} does not exist; start the server once, or set ${variable}`,
    );
  }
  if (existsSync(path) && statSync(path).isDirectory()) {
    throw new StoreMisconfigured(`${variable}: ${path} is a directory; name a file in it`);
  }
  try {
    mkdirSync(dirname(path), { recursive: true });
    // By its real name: a link to a file that is open must not pass for another file.
    return existsSync(path)
      ? realpathSync(path)
      : join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    throw new StoreMisconfigured(
      `${variable}: the folder of ${path} cannot be used: ${(error as Error).message}`,
      error,
    );
  }
}
