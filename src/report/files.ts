import type { RunReport } from '../result/index.js';

/** One of the files that a run leaves behind. */
export interface ReportFile {
  readonly name: string;
  readonly render: (report: RunReport) => Promise<string>;
}

/**
 * All report files, in the order in which they are to be written: first the one that has everything. Each is rendered
 * on its own, so that one which fails takes no other with it, and its writer is loaded when it is needed: most
 * commands write no report.
 */
export const reportFiles: readonly ReportFile[] = [
  { name: 'report.json', render: async (report) => (await import('./json.js')).reportJson(report) },
  { name: 'junit.xml', render: async (report) => (await import('./junit.js')).reportJunit(report) },
  { name: 'report.tap', render: async (report) => (await import('./tap.js')).reportTap(report) },
  { name: 'summary.md', render: async (report) => (await import('./markdown.js')).reportMarkdown(report) },
];
