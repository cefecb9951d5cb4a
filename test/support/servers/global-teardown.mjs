export default async function tearDown() {
  await globalThis.serversOfRun?.stop();
}
