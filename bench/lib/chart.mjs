// A bar chart as SVG that reads in light and dark: medians as bars, least to most as whiskers, what is wanted as a line.
import { number } from './figures.mjs';

const [labelWidth, barWidth, valueWidth, row, gap] = [190, 400, 190, 24, 14];
const width = labelWidth + barWidth + valueWidth;

const style = `
  text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328 }
  .title { font-weight: 600 } .note { fill: #59636e; font-size: 12px }
  .ours { fill: #0969da } .peer { fill: #afb8c1 }
  .whisker { stroke: #1f2328; stroke-width: 1.5 } .wanted { stroke: #cf222e; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .note { fill: #9198a1 }
    .ours { fill: #4493f8 } .peer { fill: #656c76 }
    .whisker { stroke: #e6edf3 } .wanted { stroke: #ff7b72 }
  }`;

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/**
 * Each group has a scale of its own: bars are compared within one.
 * @param unit what a bar's length is
 * @param groups `{title, bars: [{name, ours, median, least, most, wanted?}]}`
 */
export function barChart({ unit, digits }, groups) {
  const parts = [];
  let y = 20;
  const text = (at, base, kind, content, anchor = 'start') =>
    parts.push(
      `<text x="${at}" y="${base}" class="${kind}" text-anchor="${anchor}">${escaped(content)}</text>`,
    );
  const line = (kind, from, to, top, bottom) =>
    parts.push(`<line class="${kind}" x1="${from}" x2="${to}" y1="${top}" y2="${bottom}"/>`);

  text(0, y, 'title', unit);
  y += 20;
  const note =
    'median, least and most of the rounds; red: what is wanted; each group has its own scale';
  text(0, y, 'note', note);
  for (const { title, bars: ofGroup } of groups) {
    const most = Math.max(...ofGroup.flatMap((bar) => [bar.most, bar.wanted ?? 0])) || 1;
    const x = (value) => (labelWidth + (Math.max(0, value) / most) * barWidth).toFixed(1);
    y += row + gap;
    text(0, y, 'title', title);
    for (const { name, ours, median, least, most: top, wanted } of ofGroup) {
      y += row;
      text(labelWidth - 8, y, 'name', name, 'end');
      const length = (x(median) - labelWidth).toFixed(1);
      parts.push(
        `<rect class="${ours ? 'ours' : 'peer'}" x="${labelWidth}" y="${y - 13}" width="${length}" height="16" rx="2"/>`,
      );
      line('whisker', x(least), x(top), y - 5, y - 5);
      if (wanted !== undefined) line('wanted', x(wanted), x(wanted), y - 16, y + 6);
      const beyond = Math.max(x(top), wanted === undefined ? 0 : x(wanted)) + 8;
      text(beyond.toFixed(1), y, 'value', number(median, digits));
    }
  }
  const height = y + 16;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">` +
    `<title>${escaped(unit)}</title><style>${style}\n</style>\n${parts.join('\n')}\n</svg>\n`
  );
}
