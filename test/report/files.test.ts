import t from 'tap';
import * as report from '../../src/report/index.js';
import { conformant } from './sample.js';

void t.test('all files of a report, each as its writer makes it', async (t) => {
  const files = new Map<string, string>();
  for (const { name, render } of report.reportFiles) files.set(name, await render(conformant));
  t.same(
    [...files.keys()],
    ['report.json', 'junit.xml', 'report.tap', 'summary.md'],
    'all there is comes first',
  );
  t.equal(files.get('report.json'), report.reportJson(conformant));
  t.equal(files.get('report.tap'), report.reportTap(conformant));
  t.equal(files.get('summary.md'), report.reportMarkdown(conformant));
  t.match(files.get('junit.xml'), /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites /);
});
