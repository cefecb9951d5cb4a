import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrame } from './frame.js';

/** What an independent client reads when the frame is written to its socket. */
async function decode(frame: Buffer): Promise<string> {
  const http = createServer();
  const server = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, socket: Socket, head) =>
    server.handleUpgrade(request, socket, head, () => socket.write(frame)),
  );
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  try {
    return await new Promise<string>((resolve, reject) => {
      client.on('message', (data: Buffer) => resolve(data.toString()));
      client.on('error', reject);
    });
  } finally {
    client.terminate();
    http.close();
    http.closeAllConnections();
  }
}

describe('a text frame', () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])(
    'of %i bytes is read back as it was',
    async (length) => {
      const text = 'x'.repeat(length);
      expect(await decode(textFrame(text))).toBe(text);
    },
  );

  it('counts bytes, not characters', async () => {
    expect(await decode(textFrame('课'.repeat(50)))).toBe('课'.repeat(50));
  });
});
