/** A notification is below 8,000 bytes; its head takes some. */
const bytesANote = 7_800;

export interface Hint {
  topic: string;
  payload: string;
}

/**
 * Writes the hints of one transaction as notes, as few as hold them, and reads them again. A note is
 * `publisher batch part parts text`: the texts of one batch's parts make the JSON of
 * `[topic, payload, topic, payload, …]`. The number of the batch also keeps equal notes apart, of
 * which the server would send one.
 */
export class HintNotes {
  private written = 0;
  /** publisher → the batch whose parts are coming in. They come in one transaction: one after the other. */
  private readonly partly = new Map<string, { batch: string; texts: string[] }>();

  /** @param publisher unique among all that publish, without a space */
  constructor(private readonly publisher: string) {}

  write(hints: readonly Hint[]): string[] {
    this.written += 1;
    const parts = pieces(JSON.stringify(hints.flatMap(({ topic, payload }) => [topic, payload])));
    return parts.map(
      (part, at) => `${this.publisher} ${this.written} ${at + 1} ${parts.length} ${part}`,
    );
  }

  /** The hints that this note completes. What cannot be understood is nobody's hint. */
  read(note: string): Hint[] {
    const found = /^(\S+) (\d+) (\d+) (\d+) (.*)$/s.exec(note);
    if (!found) return [];
    const [, publisher = '', batch = '', part = '', parts = '', text = ''] = found;
    let before = this.partly.get(publisher);
    if (part === '1') this.partly.set(publisher, (before = { batch, texts: [] }));
    if (before?.batch !== batch || before.texts.length !== Number(part) - 1) return [];
    before.texts.push(text);
    if (part !== parts) return [];
    this.partly.delete(publisher);
    return parsed(before.texts.join(''));
  }

  /** After a gap nothing that began before it will be completed. */
  forget(): void {
    this.partly.clear();
  }
}

function parsed(text: string): Hint[] {
  try {
    const flat = JSON.parse(text) as string[];
    return flat.flatMap((topic, at) =>
      at % 2 === 0 ? [{ topic, payload: flat[at + 1] ?? '' }] : [],
    );
  } catch {
    return [];
  }
}

/** Cut between characters, not within their bytes. */
function pieces(text: string): string[] {
  if (text.length * 3 <= bytesANote) return [text];
  const bytes = Buffer.from(text);
  const found: string[] = [];
  for (let from = 0; from < bytes.length;) {
    let to = Math.min(from + bytesANote, bytes.length);
    while (to < bytes.length && ((bytes[to] ?? 0) & 0xc0) === 0x80) to -= 1;
    found.push(bytes.toString('utf8', from, to));
    from = to;
  }
  return found;
}
