/**
 * The cells of one row of CSV (RFC 4180).
 * @throws SyntaxError where a quote is none that opens, closes, or stands twice for itself
 */
export function cellsOf(row: string): string[] {
  const cells: string[] = [];
  for (let at = 0; ; at += 1) {
    const end = row[at] === '"' ? endOfQuoted(row, at) : endOfPlain(row, at);
    cells.push(
      row[at] === '"' ? row.slice(at + 1, end - 1).replaceAll('""', '"') : row.slice(at, end),
    );
    if (end === row.length) return cells;
    at = end;
  }
}

function endOfQuoted(row: string, start: number): number {
  let at = row.indexOf('"', start + 1);
  while (at !== -1 && row[at + 1] === '"') at = row.indexOf('"', at + 2);
  if (at === -1) throw new SyntaxError('a quote opens that nothing closes');
  const end = at + 1;
  if (end < row.length && row[end] !== ',')
    throw new SyntaxError('text after a closing quote; a quote in quotes is written twice');
  return end;
}

function endOfPlain(row: string, start: number): number {
  const comma = row.indexOf(',', start);
  const end = comma === -1 ? row.length : comma;
  const quote = row.indexOf('"', start);
  if (quote !== -1 && quote < end)
    throw new SyntaxError('a quote in a cell that is not in quotes; quote the cell');
  return end;
}
