/**
 * What a run yields, for everybody who wants to read it: pure functions from a result to text. Nothing here prints,
 * writes a file or decides anything; the verdict is in the result. Only the progress view writes, to the stream that
 * it is given.
 *
 * The JUnit writer, which brings an XML library, is reached through {@link reportFiles} and is not loaded before.
 */
export { reportFiles, type ReportFile } from './files.js';
export { reportGithub } from './github.js';
export { reportJson, verifyDigest, type DigestCheck } from './json.js';
export { reportMarkdown } from './markdown.js';
export { reportPretty, type PrettyOptions } from './pretty.js';
export { createProgress, type Progress, type ProgressOptions } from './progress.js';
export { diffJson, diffMarkdown, diffText, type ComparedSchemas, type Side } from './schema-diff.js';
export { definitionText, kindOf, type Shown } from './schema-show.js';
export { reportTap, tapFooter, tapHeader, tapPoint } from './tap.js';
