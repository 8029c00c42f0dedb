// What was promised, what was measured, and small arithmetic on samples.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** How far the samples lie apart: "lowest..highest". */
export const spread = (values, digits = 2) => `${Math.min(...values).toFixed(digits)}..${Math.max(...values).toFixed(digits)}`;

export const rounds = () => Number(process.env.PERF_REVIEW_BENCH_ROUNDS ?? 5);

export class Results {
  rows = [];

  /** One promise: what, the limit in words, the measured value in words, and whether it holds. */
  must(what, limit, measured, pass) {
    this.rows.push([what, limit, measured, pass ? 'pass' : 'MISSED']);
  }

  /** The same for a number that must not exceed (or, with atLeast, fall below) @p limit. */
  atMost(what, value, limit, { unit = '', digits = 2, note = '' } = {}) {
    this.must(what, `<= ${limit}${unit}`, `${value.toFixed(digits)}${unit}${note && ` (${note})`}`, value <= limit);
  }

  atLeast(what, value, limit, { unit = '', digits = 2, note = '' } = {}) {
    this.must(what, `>= ${limit}${unit}`, `${value.toFixed(digits)}${unit}${note && ` (${note})`}`, value >= limit);
  }

  get missed() {
    return this.rows.some((row) => row[3] !== 'pass');
  }

  table() {
    const rows = [['what', 'must', 'measured', ''], ...this.rows];
    const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
    const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 6)).join(' | ')} |`;
    return ['', line(rows[0]), `|-${[...widths, 6].map((width) => '-'.repeat(width)).join('-|-')}-|`, ...rows.slice(1).map(line)].join('\n');
  }
}
