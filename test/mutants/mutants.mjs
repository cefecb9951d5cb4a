/**
 * Deliberate bugs, each a small change of an adapter: what people get wrong in such code, and what the
 * contract suite is there to catch. `find` stands exactly once in `file` (below libs/state/adapters).
 * `suite` names the part of the contract that has to catch it, which is all that is run; where the bug
 * shows only while the store fails, `spec` and `test` name what does. A file that several adapters share is
 * tried on each of `adapters`.
 */
const history = 'history on';
const sessions = 'sessions on';
const data = 'data on';
const bus = 'the event bus on';
const faults = 'every operation answers in time:';

const sqlThree = ['sqlite', 'postgres', 'mysql'];
const sqlTwo = ['postgres', 'mysql'];

export const mutants = [
  // memory
  {
    name: 'an append skips the duplicate check',
    file: 'memory/memory-room.ts',
    find: 'this.bySender.get(event.sender)?.get(event.cid)',
    replace: 'this.bySender.get(event.sender)?.get(`${event.cid}!`)',
    adapters: ['memory'],
    suite: history,
  },
  {
    name: 'a read stops one short',
    file: 'memory/memory-room.ts',
    find: 'Math.min(end, start + limit)',
    replace: 'Math.min(end, start + limit - 1)',
    adapters: ['memory'],
    suite: history,
  },
  {
    name: 'a trim lowers head',
    file: 'memory/memory-room.ts',
    find: 'this.identified = Math.max(this.identified, first - 1);',
    replace:
      'this.identified = Math.max(this.identified, first - 1);\n    this.head = this.log.length;',
    adapters: ['memory'],
    suite: history,
  },
  {
    name: 'an error becomes an empty room',
    file: 'memory/memory-history-store.ts',
    find: 'if (!found) throw new NoSuchRecord(`room ${room}`);',
    replace:
      "if (!found) return new MemoryRoom({ id: room } as RoomRecord, { epoch: 'x', first: 1 });",
    adapters: ['memory'],
    suite: history,
  },
  {
    name: 'what has passed its deadline is shown',
    file: 'memory/memory-session-store.ts',
    find: 'if (!live || live.expiresAt > this.now()) return live;',
    replace: 'if (!live || live.expiresAt > 0) return live;',
    adapters: ['memory'],
    suite: sessions,
  },
  {
    name: 'a spent token may be used again',
    file: 'memory/memory-session-store.ts',
    find: '    token.spent = true;\n',
    replace: '',
    adapters: ['memory'],
    suite: sessions,
  },
  {
    name: 'a lease passes on with the same fencing token',
    file: 'memory/memory-coordination.ts',
    find: '(held ? 0 : 1)',
    replace: '(before ? 0 : 1)',
    adapters: ['memory'],
    suite: data,
  },

  // sqlite's own part, and what the three SQL stores share
  {
    name: 'an append skips the duplicate check',
    file: 'sqlite/sqlite-history.ts',
    find: 'WHERE room = ? AND sender = ? AND cid = ?',
    replace: 'WHERE room = ? AND sender = ? AND cid <> ?',
    adapters: ['sqlite'],
    suite: history,
  },
  {
    name: 'a repeat raises head all the same',
    file: 'sqlite/sqlite-history.ts',
    find: '  if (file.run(insertSql, eventValues(room, seq, event)) === 0)\n',
    replace:
      '  head.head = seq;\n  if (file.run(insertSql, eventValues(room, seq, event)) === 0)\n',
    adapters: ['sqlite'],
    suite: history,
  },
  {
    name: 'a read stops one short',
    file: '_sql/history/sql-history-store.ts',
    find: '[room, edge, limit],',
    replace: '[room, edge, limit - 1],',
    adapters: sqlThree,
    suite: history,
  },
  {
    name: 'a trim lowers head',
    file: '_sql/history/trim.ts',
    find: "'UPDATE rooms SET first = ?, head = ? WHERE id = ?', [before, head, room]",
    replace: "'UPDATE rooms SET first = ?, head = ? WHERE id = ?', [before, head - 1, room]",
    adapters: sqlThree,
    suite: history,
  },
  {
    name: 'an error becomes an empty list',
    file: '_sql/history/of-room.ts',
    find: 'if (!any) throw new NoSuchRecord(`room ${room}`);',
    replace: "if (!any) return { epoch: '', head: 0, first: 1, rows: [] };",
    adapters: sqlThree,
    suite: history,
  },
  {
    name: 'a read marker falls',
    file: '_sql/history/read-states.ts',
    find: ' WHERE markers.seq < excluded.seq',
    replace: '',
    adapters: ['sqlite', 'postgres'],
    suite: history,
  },
  {
    name: 'a lease passes on with the same fencing token',
    file: '_sql/data/sql-leases.ts',
    find: '(held ? 0 : 1)',
    replace: '(before && before.fencing > 0 ? 0 : 1)',
    adapters: sqlThree,
    suite: data,
  },
  {
    name: 'the store that does not answer has an empty list',
    file: '_sql/pooled-database.ts',
    find: '      else connection.destroy();\n      throw error;',
    replace:
      '      else connection.destroy();\n      if (!this.usable(error)) return [] as never;\n      throw error;',
    adapters: sqlTwo,
    suite: faults,
    spec: 'test/stores/deadlines.spec.ts',
    test: 'while the server hangs',
  },
  {
    name: 'a call waits without end',
    file: '_sql/pooled-database.ts',
    find: 'const result = await within(left, this.told, work(connection));',
    replace: 'const result = await within(left + 60_000, this.told, work(connection));',
    adapters: sqlTwo,
    suite: faults,
    spec: 'test/stores/deadlines.spec.ts',
    test: 'while the server hangs',
  },
  {
    name: 'what has passed its deadline is shown',
    file: '_sql/session/connections.ts',
    find: 'WHERE user_id = ? AND expires_at > ? ORDER BY id',
    replace: 'WHERE user_id = ? AND expires_at > ? - expires_at ORDER BY id',
    adapters: sqlTwo,
    suite: sessions,
  },
  {
    name: 'a spent token may be used again',
    file: '_sql/session/refresh-tokens.ts',
    find: "'UPDATE refresh_tokens SET spent = 1 WHERE hash = ?'",
    replace: "'UPDATE refresh_tokens SET spent = 0 WHERE hash = ?'",
    adapters: sqlTwo,
    suite: sessions,
  },

  // postgres
  {
    name: 'an append skips the duplicate check',
    file: 'postgres/migrations/0002-history.ts',
    find: "'CREATE UNIQUE INDEX events_by_cid",
    replace: "'CREATE INDEX events_by_cid",
    adapters: ['postgres'],
    suite: history,
  },
  {
    name: 'the answers are one too high',
    file: 'postgres/migrations/0002-history.ts',
    find: 'SELECT raised.id, raised.epoch, raised.head FROM raised;',
    replace: 'SELECT raised.id, raised.epoch, raised.head + 1 FROM raised;',
    adapters: ['postgres'],
    suite: history,
  },

  // mysql
  {
    name: 'an append skips the duplicate check',
    file: 'mysql/migrations/0002-history.ts',
    find: 'UNIQUE KEY events_by_cid',
    replace: 'KEY events_by_cid',
    adapters: ['mysql'],
    suite: history,
  },
  {
    name: 'the head is remembered too high',
    file: 'mysql/mysql-writer.ts',
    find: 'const head = start.head + events.length;',
    replace: 'const head = start.head + events.length + 1;',
    adapters: ['mysql'],
    suite: history,
  },
  {
    name: 'an append relies on a room that was trimmed meanwhile',
    file: 'mysql/log-insert.ts',
    find: "CONCAT(rooms.first, ' ', rooms.incarnation",
    replace: 'CONCAT(rooms.incarnation',
    adapters: ['mysql'],
    suite: 'what a process remembers of rooms on',
    spec: 'libs/state/adapters/mysql/remembered-heads.spec.ts',
    test: 'gives no number again',
  },
  {
    name: 'a number that is taken is not tried again',
    file: 'mysql/mysql-writer.ts',
    find: 'if (!isOutdated(error as StateError)) throw error;',
    replace: 'throw error;',
    adapters: ['mysql'],
    suite: 'what a process remembers of rooms on',
    spec: 'libs/state/adapters/mysql/remembered-heads.spec.ts',
    test: 'is put right',
  },
  {
    name: 'an edit is not found by what it edits',
    file: 'mysql/log-script.ts',
    find: 'for (const [at, { target }] of events.entries())\n      if (target !== undefined)',
    replace:
      "for (const [at, { target, type }] of events.entries())\n      if (target !== undefined && type === 'message.deleted')",
    adapters: ['mysql'],
    suite: history,
  },
  {
    name: 'a search asks for any of the terms',
    file: 'mysql/word-search.ts',
    find: "having.join(' AND ')",
    replace: "having.join(' OR ')",
    adapters: ['mysql'],
    suite: history,
  },
  {
    name: 'a block is folded before it is complete',
    file: 'mysql/word-blocks.ts',
    find: 'Math.floor((head + 1) / blockEvents)',
    replace: 'Math.ceil((head + 1) / blockEvents)',
    adapters: ['mysql'],
    suite: 'search in long logs on',
    spec: 'libs/state/adapters/mysql/word-search.spec.ts',
    test: 'finds each append at once',
  },

  // redis
  {
    name: 'an append skips the duplicate check',
    file: 'redis/history/log.lua.ts',
    find: 'if seq >= first then known[fields[from + i - 1]] = seq end',
    replace: 'if seq < first then known[fields[from + i - 1]] = seq end',
    adapters: ['redis'],
    suite: history,
  },
  {
    name: 'a read stops one short',
    file: 'redis/history/read.lua.ts',
    find: 'to = math.min(head, from + limit - 1)',
    replace: 'to = math.min(head, from + limit - 2)',
    adapters: ['redis'],
    suite: history,
  },
  {
    name: 'a trim lowers head',
    file: 'redis/history/upkeep.lua.ts',
    find: "if kept > first then call('HSET', K, 'first', kept) end\nif kept <= 1",
    replace:
      "if kept > first then call('HSET', K, 'first', kept, 'head', head - 1) end\nif kept <= 1",
    adapters: ['redis'],
    suite: history,
  },
  {
    name: 'the store that does not answer has an empty list',
    file: 'redis/link.ts',
    find: '      throw toStateError(error, this.name);\n    }\n  }\n\n  async run',
    replace: '      return [] as never;\n    }\n  }\n\n  async run',
    adapters: ['redis'],
    suite: faults,
    spec: 'test/stores/deadlines.spec.ts',
    test: 'while the server hangs',
  },
  {
    name: 'a call waits without end',
    file: 'redis/link.ts',
    find: 'return await within(ms, `${this.name}: ${what}`, answer);',
    replace: 'return await within(ms + 60_000, `${this.name}: ${what}`, answer);',
    adapters: ['redis'],
    suite: faults,
    spec: 'test/stores/deadlines.spec.ts',
    test: 'while the server hangs',
  },
  {
    name: 'what has passed its deadline lives on when renewed',
    file: 'redis/session/sessions.lua.ts',
    find: 'if score and score > now then',
    replace: 'if score then',
    adapters: ['redis'],
    suite: sessions,
  },
  {
    name: 'a spent token may be used again',
    file: 'redis/session/tokens.lua.ts',
    find: "call('HSET', NAME, 't'..ARGV[3], '1'..string.sub(token, 2))",
    replace: "call('HSET', NAME, 't'..ARGV[3], token)",
    adapters: ['redis'],
    suite: sessions,
  },
  {
    name: 'topics are not kept apart',
    file: 'redis/bus/redis-event-bus.ts',
    find: ':bus:${tagged(topic)}`',
    replace: ':bus:${tagged(topic.slice(0, 0))}`',
    adapters: ['redis'],
    suite: bus,
  },

  // mongodb
  {
    name: 'an append skips the duplicate check',
    file: 'mongodb/log-appender.ts',
    find: 'const first = byKey.get(key);',
    replace: 'const first = byKey.get(`${key}!`);',
    adapters: ['mongodb'],
    suite: history,
  },
  {
    name: 'a read stops one short',
    file: 'mongodb/log-reader.ts',
    find: 'return [start, Math.max(start, Math.min(end, start + limit))];',
    replace: 'return [start, Math.max(start, Math.min(end, start + limit - 1))];',
    adapters: ['mongodb'],
    suite: history,
  },
  {
    name: 'a trim forgets the head with the events',
    file: 'mongodb/log-heads.ts',
    find: 'found.set(log, Math.max(last, found.get(log) ?? 0));',
    replace: 'found.set(log, last - 1);',
    adapters: ['mongodb'],
    suite: history,
  },
  {
    name: 'an error becomes an empty room',
    file: 'mongodb/log-heads.ts',
    find: '    this.forget(room);\n    throw new NoSuchRecord(`room ${room}`);\n  }\n\n  /** State',
    replace:
      "    this.forget(room);\n    return { _id: room, log: 'x', epoch: 'x', first: 1 } as RoomDocument;\n  }\n\n  /** State",
    adapters: ['mongodb'],
    suite: history,
  },
  {
    name: 'the store that does not answer has an empty list',
    file: 'mongodb/handle.ts',
    find: 'throw translate(error, this.options.variable, this.where);\n    } finally {',
    replace: 'return [] as never;\n    } finally {',
    adapters: ['mongodb'],
    suite: faults,
    spec: 'test/stores/deadlines.spec.ts',
    test: 'while the server hangs',
  },
  {
    name: 'a spent token may be used again',
    file: 'mongodb/refresh-families.ts',
    find: '[`tokens.${hash}.spent`]: true,',
    replace: '[`tokens.${hash}.spent`]: false,',
    adapters: ['mongodb'],
    suite: sessions,
  },
  {
    name: 'a lease passes on with the same fencing token',
    file: 'mongodb/mongo-coordination.ts',
    find: '(held ? 0 : 1)',
    replace: '(before ? 0 : 1)',
    adapters: ['mongodb'],
    suite: data,
  },
];
