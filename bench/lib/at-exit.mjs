const cleanUps = new Set();

process.on('exit', () => {
  for (const cleanUp of cleanUps) cleanUp();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/**
 * Runs `cleanUp`, which is synchronous, when the process ends with it undone: on a signal or an error too.
 * @returns what says that it is done
 */
export function atExit(cleanUp) {
  cleanUps.add(cleanUp);
  return () => cleanUps.delete(cleanUp);
}
