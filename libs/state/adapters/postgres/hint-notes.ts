/** A notification is below 8,000 bytes; its head takes some. */
const bytesANote = 7_800;

/** A hint on its way to the server, in as many notes as it needs. */
export interface Hint {
  notes: string[];
  bytes: number;
}

/**
 * Writes hints as notes and reads them again. A note is `publisher hint part parts text`: the texts
 * of one hint's parts make the JSON of `[topic, payload]`. The number of the hint also keeps equal
 * hints apart, which the server would send once within a transaction.
 */
export class HintNotes {
  private written = 0;
  /** publisher → the hint whose parts are coming in. They come in one transaction: one after the other. */
  private readonly partly = new Map<string, { hint: string; texts: string[] }>();

  /** @param publisher unique among all that publish, without a space */
  constructor(private readonly publisher: string) {}

  write(topic: string, payload: string): Hint {
    this.written += 1;
    const text = JSON.stringify([topic, payload]);
    const parts = pieces(text);
    const notes = parts.map(
      (part, at) => `${this.publisher} ${this.written} ${at + 1} ${parts.length} ${part}`,
    );
    return { notes, bytes: Buffer.byteLength(text) };
  }

  /** The hint that this note completes. What cannot be understood is nobody's hint. */
  read(note: string): { topic: string; payload: string } | null {
    const found = /^(\S+) (\d+) (\d+) (\d+) (.*)$/s.exec(note);
    if (!found) return null;
    const [, publisher = '', hint = '', part = '', parts = '', text = ''] = found;
    let before = this.partly.get(publisher);
    if (part === '1') this.partly.set(publisher, (before = { hint, texts: [] }));
    if (before?.hint !== hint || before.texts.length !== Number(part) - 1) return null;
    before.texts.push(text);
    if (part !== parts) return null;
    this.partly.delete(publisher);
    return parsed(before.texts.join(''));
  }

  /** After a gap nothing that began before it will be completed. */
  forget(): void {
    this.partly.clear();
  }
}

function parsed(text: string): { topic: string; payload: string } | null {
  try {
    const [topic, payload] = JSON.parse(text) as [string, string];
    return { topic, payload };
  } catch {
    return null;
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
