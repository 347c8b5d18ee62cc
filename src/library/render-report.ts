import type { RunReport } from '../result/index.js';

/**
 * Forms of a report: `text` is for a terminal, `github` are workflow commands of GitHub, the others are what the files
 * `report.json`, `junit.xml`, `report.tap` and `summary.md` hold.
 *
 * @public
 */
export type ReportFormat = 'text' | 'json' | 'junit' | 'tap' | 'markdown' | 'github';

/**
 * How `text` looks.
 *
 * @public
 */
export interface RenderOptions {
  /** Use colours. Default: false. */
  readonly color?: boolean | undefined;
  /** Columns of the terminal. Default: 100. */
  readonly width?: number | undefined;
}

const files = { json: 'report.json', junit: 'junit.xml', tap: 'report.tap', markdown: 'summary.md' } as const;

/**
 * A report as text. What came from the target is escaped for the form; the text ends in a newline.
 *
 * @public
 */
export async function renderReport(
  report: RunReport,
  format: ReportFormat,
  { color = false, width = 100 }: RenderOptions = {},
): Promise<string> {
  const { reportFiles, reportGithub, reportPretty } = await import('../report/index.js');
  if (format === 'text') return reportPretty(report, { color, width });
  if (format === 'github') return reportGithub(report);
  const file = reportFiles.find(({ name }) => name === files[format]);
  if (file === undefined) throw new RangeError(`there is no form of reports '${format as string}'`);
  return file.render(report);
}
