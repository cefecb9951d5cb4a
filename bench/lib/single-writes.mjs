// What the append is compared with: one write a message, through ten connections of the same driver, each
// used by one message at a time. The table is one that a chat can be read from: a running number, pages by
// room, a message by its id, and no client id twice.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './setup.mjs';

const require = createRequire(join(root, 'package.json'));
const connections = 10;
const columns = 'id, room, type, sender, cid, at, body';

const table = (number, text, long) => `CREATE TABLE single_writes (
  seq ${number}, id ${text} NOT NULL, room ${text} NOT NULL, type ${text} NOT NULL, sender ${text} NOT NULL,
  cid ${text} NOT NULL, at BIGINT NOT NULL, body ${long} NOT NULL, UNIQUE (room, sender, cid), UNIQUE (id))`;
const pages = 'CREATE INDEX single_writes_of_room ON single_writes (room, seq)';
const values = (room, { id, type, sender, cid, at, body }) => [
  id,
  room,
  type,
  sender,
  cid,
  at,
  body,
];

async function postgres(url) {
  const { Pool } = require('pg');
  const pool = new Pool({ connectionString: url, max: connections });
  await pool.query(`${table('BIGSERIAL PRIMARY KEY', 'TEXT', 'TEXT')}; ${pages}`);
  const text = `INSERT INTO single_writes (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING seq`;
  return {
    write: (room, event) => pool.query(text, values(room, event)),
    close: () => pool.end(),
  };
}

async function mysql(url) {
  const pool = require('mysql2/promise').createPool({ uri: url, connectionLimit: connections });
  await pool.query(
    `${table('BIGINT AUTO_INCREMENT PRIMARY KEY', 'VARCHAR(64)', 'LONGTEXT')} CHARACTER SET utf8mb4`,
  );
  await pool.query(pages);
  const sql = `INSERT INTO single_writes (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`;
  return {
    write: (room, event) => pool.query(sql, values(room, event)),
    close: () => pool.end(),
  };
}

async function sqlite(url) {
  const Database = require('better-sqlite3');
  const db = new Database(url.slice('sqlite:'.length));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(`${table('INTEGER PRIMARY KEY', 'TEXT', 'TEXT')}; ${pages}`);
  const insert = db.prepare(`INSERT INTO single_writes (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  return {
    write: async (room, event) => insert.run(values(room, event)),
    close: async () => db.close(),
  };
}

async function mongodb(url) {
  const { MongoClient } = require('mongodb');
  const client = new MongoClient(url, {
    maxPoolSize: connections,
    writeConcern: { w: 'majority' },
  });
  const collection = client.db().collection('single_writes');
  await collection.createIndex({ room: 1, sender: 1, cid: 1 }, { unique: true });
  await collection.createIndex({ id: 1 }, { unique: true });
  await collection.createIndex({ room: 1, _id: 1 });
  return {
    write: (room, event) => collection.insertOne({ room, ...event }),
    close: () => client.close(),
  };
}

async function redis(url) {
  const { Redis } = require('ioredis');
  const prefix = new URL(url).searchParams.get('prefix');
  const idle = Array.from({ length: connections }, () => new Redis(url));
  const all = [...idle];
  const waiting = [];
  return {
    write: async (room, event) => {
      const client = idle.pop() ?? (await new Promise((resolve) => waiting.push(resolve)));
      const fields = Object.entries(event).flat();
      try {
        await client.xadd(`${prefix}:${room}`, '*', ...fields);
      } finally {
        const next = waiting.shift();
        if (next) next(client);
        else idle.push(client);
      }
    },
    close: async () => {
      for (const client of all) client.disconnect();
    },
  };
}

/** `{write(room, event), close()}` per store. */
export const singleWrites = { postgres, mysql, sqlite, mongodb, redis };
