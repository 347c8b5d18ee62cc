/**
 * Rules about documentation and what it documents.
 */
import type { DocPart } from '../../doc/block.js';
import type { Hint } from '../../model/error.js';
import type { Position } from '../../model/position.js';
import { isInline } from '../definition/index.js';
import type { Definition, FeatureDefinition, ValueDefinition } from '../definition/index.js';
import { rule } from './rule.js';
import { didYouMean } from '../../../did-you-mean.js';

const everything = ['enum', 'struct', 'union', 'alternate', 'command', 'event'] as const;

/** The names that the documentation may describe. */
function describable(
  definition: Definition,
): readonly { readonly name: string; readonly position: Position }[] {
  switch (definition.meta) {
    case 'enum':
      return definition.values;
    case 'struct':
      return definition.members;
    case 'union':
      return [...(isInline(definition.base) ? definition.base : []), ...definition.members];
    case 'alternate':
      return definition.alternatives;
    default:
      return isInline(definition.data) ? definition.data : [];
  }
}

/** Reports descriptions of members or features that do not exist. */
function checkDescribed(
  definition: Definition,
  kind: 'member' | 'feature',
  names: ReadonlySet<string>,
  report: (part: DocPart, message: string, hint: Hint) => void,
): void {
  for (const part of partsOf(definition, kind)) {
    if (names.has(part.name)) continue;
    report(part, `the documented ${kind} '${part.name}' does not exist`, () => didYouMean(part.name, names));
  }
}

function checkDescriptions(
  definition: Definition,
  report: (part: DocPart, message: string, hint: Hint) => void,
): void {
  const members = new Set(describable(definition).map(({ name }) => name));
  checkDescribed(definition, 'member', members, report);
  const features = new Set(allFeatures(definition).map(({ name }) => name));
  checkDescribed(definition, 'feature', features, report);
}

/** Members and features that are described exist. */
export const describedNames = rule({
  code: 'documented-name-unknown',
  metas: everything,
  check(definition, _symbols, report) {
    checkDescriptions(definition, (part, message, hint) => {
      report(message, part.position, hint, part.position);
    });
  },
});

/** The same in releases that report it where the comment begins, when they check the definition. */
export const describedNamesEarly = rule({
  code: 'documented-name-unknown',
  releases: { until: '9.0' },
  metas: everything,
  check(definition, _symbols, report) {
    checkDescriptions(definition, (part, message, hint) => {
      report(message, part.position, hint, definition.doc?.position);
    });
  },
});

/** Every feature in a definition, with those of its members and values. */
function allFeatures(definition: Definition): FeatureDefinition[] {
  const inner: readonly ValueDefinition[] =
    definition.meta === 'enum'
      ? definition.values
      : describable(definition).filter((part): part is ValueDefinition => 'features' in part);
  return [...definition.features, ...inner.flatMap(({ features }) => features)];
}

export const featuresDocumented = rule({
  code: 'undocumented-feature',
  metas: everything,
  check(definition, _symbols, report) {
    if (definition.doc?.isSound !== true || definition.doc.symbol !== definition.name) return;
    const names = new Set(partsOf(definition, 'feature').map(({ name }) => name));
    for (const { name, position } of allFeatures(definition)) {
      if (!names.has(name)) report(`the feature '${name}' lacks documentation`, position);
    }
  },
});

/** Members are described, unless a pragma exempts the definition. */
export const membersDocumented = rule({
  code: 'undocumented-member',
  releases: { since: '9.0' },
  metas: everything,
  check(definition, symbols, report) {
    const { doc, name } = definition;
    if (doc?.isSound !== true || doc.symbol !== name || symbols.pragmas.undocumented.has(name)) return;
    const names = new Set(partsOf(definition, 'member').map((part) => part.name));
    for (const member of describable(definition)) {
      if (!names.has(member.name)) report(`'${member.name}' lacks documentation`, member.position);
    }
  },
});

function partsOf({ doc, name }: Definition, kind: DocPart['kind']): DocPart[] {
  // A comment with errors, or for another definition, has been reported.
  return doc?.isSound === true && doc.symbol === name ? doc.parts.filter((part) => part.kind === kind) : [];
}
