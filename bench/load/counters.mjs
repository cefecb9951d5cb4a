/**
 * Counts a text in a stream of chunks, also where it is cut in two. A search for bytes, not a parse.
 * @param {string} text
 */
export function textCounter(text) {
  const pattern = Buffer.from(text);
  let tail = Buffer.alloc(0);
  return (chunk) => {
    let count = 0;
    if (tail.length > 0) {
      const seam = Buffer.concat([tail, chunk.subarray(0, pattern.length - 1)]);
      if (seam.indexOf(pattern) >= 0) count += 1;
    }
    for (let at = chunk.indexOf(pattern); at >= 0; at = chunk.indexOf(pattern, at + pattern.length))
      count += 1;
    tail =
      chunk.length >= pattern.length
        ? Buffer.from(chunk.subarray(chunk.length - pattern.length + 1))
        : Buffer.concat([tail, chunk]).subarray(-(pattern.length - 1));
    return count;
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
