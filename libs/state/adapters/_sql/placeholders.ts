const numbered = new Map<string, string>();

/**
 * `?` as `$1`, `$2`, … Once per statement text: the texts are few, their parameters many. No text
 * here has a question mark in a literal.
 */
export function numberPlaceholders(sql: string): string {
  let text = numbered.get(sql);
  if (text === undefined) {
    let count = 0;
    text = sql.replace(/\?/g, () => `$${(count += 1)}`);
    if (numbered.size < 1000) numbered.set(sql, text);
  }
  return text;
}
