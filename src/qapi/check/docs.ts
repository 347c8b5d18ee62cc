/**
 * Rules about documentation and what it documents.
 */
import type { DocPart } from '../doc-parser.js';
import { isInline } from './definition.js';
import type { Definition, FeatureDefinition, ValueDefinition } from './definition.js';
import { rule } from './rule.js';
import { didYouMean } from '../../did-you-mean.js';

const everything = ['enum', 'struct', 'union', 'alternate', 'command', 'event'] as const;

export const documented = rule({
  code: 'missing-doc',
  metas: everything,
  check({ doc, position, isImplicit }, world, complain) {
    if (doc !== undefined || !world.pragmas.docRequired || isImplicit) return;
    complain('a documentation comment is required', position, () => "the pragma 'doc-required' asks for it");
  },
});

export const documentsThis = rule({
  code: 'wrong-doc-name',
  metas: everything,
  check({ doc, name }, _world, complain) {
    if (doc === undefined || doc.symbol === name || !doc.isSound) return;
    complain(`the documentation comment is for '${doc.symbol ?? ''}', not for '${name}'`, doc.position);
  },
});

/** The names that the documentation may describe. */
function describable(definition: Definition): readonly { readonly name: string }[] {
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

export const documentedMembers = rule({
  code: 'documented-name-unknown',
  metas: everything,
  check(definition, _world, complain) {
    const names = new Set(describable(definition).map(({ name }) => name));
    for (const part of partsOf(definition, 'member')) {
      if (names.has(part.name)) continue;
      const hint = () => didYouMean(part.name, names);
      complain(`the documented member '${part.name}' does not exist`, part.position, hint);
    }
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

export const documentedFeatures = rule({
  code: 'documented-name-unknown',
  metas: everything,
  check(definition, _world, complain) {
    const names = new Set(allFeatures(definition).map(({ name }) => name));
    for (const part of partsOf(definition, 'feature')) {
      if (names.has(part.name)) continue;
      const hint = () => didYouMean(part.name, names);
      complain(`the documented feature '${part.name}' does not exist`, part.position, hint);
    }
  },
});

export const featuresDocumented = rule({
  code: 'undocumented-feature',
  metas: everything,
  check(definition, _world, complain) {
    if (definition.doc?.isSound !== true || definition.doc.symbol !== definition.name) return;
    const names = new Set(partsOf(definition, 'feature').map(({ name }) => name));
    for (const { name, position } of allFeatures(definition)) {
      if (!names.has(name)) complain(`the feature '${name}' lacks documentation`, position);
    }
  },
});

export const returnsOfCommands = rule({
  code: 'bad-doc-section',
  metas: ['enum', 'struct', 'union', 'alternate', 'event'],
  check(definition, _world, complain) {
    for (const { name, position } of partsOf(definition, 'tagged')) {
      if (name === 'Returns' || name === 'Errors')
        complain(`a '${name}' section is only valid for commands`, position);
    }
  },
});

function partsOf({ doc, name }: Definition, kind: DocPart['kind']): DocPart[] {
  // A comment that is wrong in itself, or for something else, has been complained about.
  return doc?.isSound === true && doc.symbol === name ? doc.parts.filter((part) => part.kind === kind) : [];
}
