/**
 * Counts a text in a stream of chunks, also where it is cut in two. A search for bytes, not a parse.
 * @param {string} text
 * @param {number} apart bytes from one to the next at least: so many are not even searched
 */
export function textCounter(text, apart = text.length) {
  const pattern = Buffer.from(text);
  let tail = Buffer.alloc(0);
  return (chunk) => {
    let count = 0;
    if (tail.length > 0) {
      const seam = Buffer.concat([tail, chunk.subarray(0, pattern.length - 1)]);
      if (seam.indexOf(pattern) >= 0) count += 1;
    }
    for (let at = chunk.indexOf(pattern); at >= 0; at = chunk.indexOf(pattern, at + apart))
      count += 1;
    tail =
      chunk.length >= pattern.length
        ? Buffer.from(chunk.subarray(chunk.length - pattern.length + 1))
        : Buffer.concat([tail, chunk]).subarray(-(pattern.length - 1));
    return count;
  };
}

/**
 * Finds the numbers of a fixed width that follow a text, also where that is cut in two.
 * @param {(number: number) => void} onNumber
 */
export function numberScanner(text, digits, apart, onNumber) {
  const pattern = Buffer.from(text);
  const whole = pattern.length + digits;
  let tail = Buffer.alloc(0);
  const scan = (data, from = 0) => {
    let at = data.indexOf(pattern, from);
    for (; at >= 0 && at + whole <= data.length; at = data.indexOf(pattern, at + apart)) {
      let number = 0;
      for (let i = at + pattern.length; i < at + whole; i += 1) number = number * 10 + data[i] - 48;
      onNumber(number);
    }
  };
  return (chunk) => {
    // Too short for a whole one of its own, but for one that began in the chunk before.
    if (tail.length > 0) scan(Buffer.concat([tail, chunk.subarray(0, whole - 1)]));
    scan(chunk);
    tail =
      chunk.length >= whole
        ? Buffer.from(chunk.subarray(chunk.length - whole + 1))
        : Buffer.concat([tail, chunk]).subarray(-(whole - 1));
  };
}

/**
 * Steps through server frames by their headers and reports the first two payload bytes of each.
 * @param {(first: number, second: number) => void} onFrame
 */
export function frameScanner(onFrame) {
  let skip = 0;
  let carry;
  return (chunk) => {
    const data = carry ? Buffer.concat([carry, chunk]) : chunk;
    carry = undefined;
    let at = skip;
    while (at < data.length) {
      let length = at + 1 < data.length ? data[at + 1] : -1;
      let header = 2;
      if (length === 126) header = 4;
      if (length === 127) header = 10;
      if (length < 0 || at + header + Math.min(length, 2) > data.length) break;
      if (length === 126) length = data.readUInt16BE(at + 2);
      if (length === 127) length = Number(data.readBigUInt64BE(at + 2));
      onFrame(data[at + header], length > 1 ? data[at + header + 1] : 0);
      at += header + length;
    }
    if (at < data.length) {
      carry = Buffer.from(data.subarray(at));
      at = data.length;
    }
    skip = at - data.length;
  };
}

/** The texts of a stream of server frames, each when it is all there. */
export function textFrames(onText) {
  let got = Buffer.alloc(0);
  return (chunk) => {
    got = got.length > 0 ? Buffer.concat([got, chunk]) : Buffer.from(chunk);
    for (;;) {
      let length = got.length > 1 ? got[1] : Infinity;
      const header = length === 126 ? 4 : length === 127 ? 10 : 2;
      if (got.length < header) return;
      if (length === 126) length = got.readUInt16BE(2);
      if (length === 127) length = Number(got.readBigUInt64BE(2));
      if (got.length < header + length) return;
      const text = got[0] === 0x81 && got.toString('utf8', header, header + length);
      got = got.subarray(header + length);
      if (text) onText(text);
    }
  };
}

/** The payloads of a recorded stream, for the one receiver whose messages are read afterwards. */
export function payloads(stream) {
  const texts = [];
  let at = 0;
  while (at + 2 <= stream.length) {
    let length = stream[at + 1];
    let header = 2;
    if (length === 126) [length, header] = [stream.readUInt16BE(at + 2), 4];
    else if (length === 127) [length, header] = [Number(stream.readBigUInt64BE(at + 2)), 10];
    texts.push(stream.toString('utf8', at + header, at + header + length));
    at += header + length;
  }
  return texts;
}
