/** What a test left open has failed the run already; it does not keep it from ending. */
export default async function tearDown() {
  await globalThis.serversOfRun?.stop();
  setTimeout(() => process.exit(), 5000).unref();
}
