/**
 * The sites of given arguments: every place in a concrete value at which something can be made wrong.
 */
import { isObject, type Json } from '../json/index.js';
import { alternativeFor, selectedParts } from '../judge/index.js';
import type { Command, ObjectType, Type } from '../qapi/index.js';
import { withMember, type Site, type SiteKind } from './site.js';
import type { Tags } from './minimal.js';

/** Where a walk is, and how to put another value there. */
type Place = Pick<Site, 'names' | 'path' | 'label' | 'depth' | 'put'>;

/** More sites than this has no value that is worth sending. */
const MAX_SITES = 500;

/** The sites of arguments that conform to the command's type; where they do not, there are none below. */
export function valueSites(command: Command, args: Json): Site[] {
  const found: Site[] = [];
  const type = command.arguments;
  if (type === undefined) return found;
  const place: Place = { names: [], path: '', label: '', depth: 0, put: (value) => value ?? {} };
  visit({ is: 'arguments' }, type, args, place, found);
  return found;
}

function visit(kind: SiteKind, type: Type, value: Json, place: Place, found: Site[]): void {
  if (found.length >= MAX_SITES) return;
  found.push({ ...place, kind, type, sample: value, again: false });
  switch (type.kind) {
    case 'builtin':
    case 'enum':
      return;
    case 'alternate': {
      const alternative = alternativeFor(type, value);
      if (alternative === undefined) return;
      visit({ is: 'alternative', alternate: type, alternative }, alternative.type, value, place, found);
      return;
    }
    case 'array': {
      if (!Array.isArray(value)) return;
      for (const [index, element] of value.entries()) {
        const inside: Place = {
          ...place,
          path: `${place.path}[${index}]`,
          put: (replaced) =>
            place.put(
              value.flatMap((old, at) => (at !== index ? [old] : replaced === undefined ? [] : [replaced])),
            ),
        };
        visit({ is: 'element', array: type }, type.element, element, inside, found);
      }
      return;
    }
    case 'object':
      visitMembers(type, value, place, found);
  }
}

function visitMembers(whole: ObjectType, value: Json, place: Place, found: Site[]): void {
  if (!isObject(value)) return;
  const tags = new Map<ObjectType, Tags>();
  let above: Tags = new Map();
  for (const part of selectedParts(whole, value)) {
    tags.set(part, above);
    const { variants } = part;
    const tag = variants === undefined ? undefined : value[variants.tag.name];
    if (variants !== undefined && typeof tag === 'string') {
      above = new Map([...above, [variants.tag, tag]]);
      const listed = variants.tag.type.kind === 'enum' ? variants.tag.type.values : [];
      const selected = listed.find(({ name }) => name === tag);
      if (selected !== undefined) {
        const kind = { is: 'branch', tag: variants.tag, value: selected } as const;
        found.push({ ...place, kind, type: whole, sample: value, again: false });
      }
    }
    for (const member of part.members) {
      const standing = Object.hasOwn(value, member.name) ? value[member.name] : undefined;
      if (standing === undefined) continue;
      const discriminator = member === variants?.tag;
      const path = place.path === '' ? member.name : `${place.path}.${member.name}`;
      const kind: SiteKind = {
        is: 'member',
        member,
        discriminator,
        inBranch: part !== whole,
        ...(discriminator ? { union: { whole, part, tags: tags.get(part) ?? new Map(), place } } : {}),
      };
      const below: Place = {
        names: [...place.names, member.name],
        path,
        label: path,
        depth: place.depth + 1,
        put: (replaced) => place.put(withMember(value, member.name, replaced)),
      };
      visit(kind, member.type, standing, below, found);
    }
  }
}
