import type { RunReport } from '../result/index.js';

/**
 * All report files of a run, as text. The writers are loaded when they are needed: most commands write no report.
 *
 * @returns file name → content, in the order in which the files should be written
 */
export async function renderReports(report: RunReport): Promise<Map<string, string>> {
  const [json, junit, tap, markdown] = await Promise.all([
    import('./json.js'),
    import('./junit.js'),
    import('./tap.js'),
    import('./markdown.js'),
  ]);
  return new Map([
    ['report.json', json.reportJson(report)],
    ['junit.xml', junit.reportJunit(report)],
    ['report.tap', tap.reportTap(report)],
    ['summary.md', markdown.reportMarkdown(report)],
  ]);
}
