/**
 * Documentation comments → blocks of sections.
 *
 * Two dialects exist, and each release of QEMU knows only one. Until 8.2 text belongs to a section until something
 * that starts the next one; from 9.0 on indentation says where a section ends, there is an Errors section, and notes
 * and examples are reStructuredText directives. Where a release is given, its dialect is read to the letter
 * (lines.ts, paragraphs.ts), and where none is, either is (either.ts).
 */
import type { DocComment } from '../parse/ast.js';
import type { DocBlock, Sections } from './block.js';
import { parseEitherDoc } from './either.js';
import { parseLineDoc } from './lines.js';
import { parseParagraphDoc } from './paragraphs.js';
import type { ErrorList } from '../model/error.js';
import type { ReleaseRules, Releases } from '../model/release.js';

/** The releases that read a comment paragraph by paragraph; those before them read it line by line. */
const BY_PARAGRAPH: Releases = { since: '9.0' };

/**
 * Cuts a comment into sections.
 *
 * @param comment the comment
 * @param rules the rules that hold; without a release, text of either dialect is read
 * @param errors where errors in its structure go
 */
export function parseDoc(comment: DocComment, rules: ReleaseRules, errors: ErrorList): DocBlock {
  const before = errors.count;
  return { ...sectionsOf(comment, rules, errors), isSound: errors.count === before };
}

function sectionsOf(comment: DocComment, rules: ReleaseRules, errors: ErrorList): Sections {
  if (rules.release === undefined) return parseEitherDoc(comment, errors);
  return rules.allows(BY_PARAGRAPH)
    ? parseParagraphDoc(comment, rules, errors)
    : parseLineDoc(comment, rules, errors);
}
