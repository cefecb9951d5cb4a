import { Centrifuge } from 'centrifuge';
import WebSocket from 'ws';
import { randomUUID } from 'node:crypto';

const base = process.env.BASE ?? 'http://localhost:3000';
const body = JSON.stringify({ username: `lin-${Date.now()}`, password: 'correct horse battery' });
const headers = { 'Content-Type': 'application/json' };
const account = await fetch(`${base}/api/v1/auth/register`, { method: 'POST', headers, body });
const { accessToken: token } = await account.json();

const endpoint = `${base.replace('http', 'ws')}/connection/websocket`;
const client = new Centrifuge(endpoint, { token, websocket: WebSocket });
const lobby = client.newSubscription('room:lobby');
lobby.on('publication', ({ offset, data }) => console.log(offset, data.sender.name, data.text));
lobby.subscribe();
client.connect();
await lobby.ready();

const message = { room: 'lobby', cid: randomUUID(), text: 'Hello from centrifuge' };
const { data: sent } = await client.rpc('message.send', message);
console.log(`stored as ${sent.id}, seq ${sent.seq} of epoch ${sent.epoch}`);
setTimeout(() => client.disconnect(), 500);
