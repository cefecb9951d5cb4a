import { BadFrame, parseFrame } from './parse.js';

describe('a frame of the protocol', () => {
  it('holds commands line by line', () => {
    expect(
      parseFrame(
        '{"id":1,"connect":{"token":"t"}}\n{"id":2,"subscribe":{"channel":"room:lobby"}}\n',
      ),
    ).toMatchObject([
      { command: { id: 1, verb: 'connect', params: { token: 't' } } },
      {
        command: {
          id: 2,
          verb: 'subscribe',
          params: { channel: 'room:lobby', recover: false, offset: 0 },
        },
      },
    ]);
  });

  it('is a pong where it is an empty object', () => {
    expect(parseFrame('{}')).toEqual([{ pong: true }]);
  });

  it('answers an unknown verb and names the known ones', () => {
    expect(parseFrame('{"id":4,"dance":{}}')).toMatchObject([
      {
        id: 4,
        error: {
          code: 'method_not_found',
          message: expect.stringContaining('subscribe') as string,
        },
      },
    ]);
  });

  it('answers parameters of the wrong shape and names the field', () => {
    expect(parseFrame('{"id":4,"subscribe":{"channel":7}}')).toMatchObject([
      { id: 4, error: { code: 'invalid', errors: [{ path: '/channel' }] } },
    ]);
  });

  it.each([
    '',
    'nonsense',
    '[]',
    'null',
    '7',
    '{"id":-1,"connect":{}}',
    '{"id":"1","connect":{}}',
    '{"id":1}',
    '{"id":1,"connect":{},"subscribe":{}}',
  ])('is refused whole where it is %j', (text) => {
    expect(() => parseFrame(text)).toThrow(BadFrame);
  });
});
