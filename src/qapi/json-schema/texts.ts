/**
 * Documentation as keywords of JSON Schema.
 */
import { printCondition } from '../model/condition.js';
import type { Definition, Element, Member, ObjectType } from '../model/schema.js';
import type { Keywords } from './keywords.js';

/** The keywords `description` and `deprecated`, where they apply. */
export function annotations(element: Element, text: string | undefined): Keywords {
  const description = describe(element, text);
  return [
    ...(description === '' ? [] : [['description', description] as const]),
    ...(element.features.some(({ name }) => name === 'deprecated') ? [['deprecated', true] as const] : []),
  ];
}

/** What a definition is for, and what its features mean. */
export function bodyOf({ doc, features }: Definition): string {
  const lines = features.flatMap(({ name }) => {
    const text = doc?.features.get(name);
    return text === undefined ? [] : [`${name}: ${text}`];
  });
  return [doc?.body ?? '', ...lines].filter((line) => line !== '').join('\n');
}

export function describe({ condition }: Element, text = ''): string {
  const restriction = condition ? `Only if ${printCondition(condition)}.` : '';
  return [text, restriction].filter((line) => line !== '').join('\n');
}

/** Members are described where they are defined; those written in place by their owner. */
export function memberTexts(type: ObjectType, owner: Definition): Map<Member, string> {
  const texts = new Map<Member, string>();
  let doc = owner.doc;
  for (let at: ObjectType | undefined = type; at !== undefined; at = at.base) {
    if (at.meta !== 'implicit') ({ doc } = at);
    for (const member of at.localMembers) {
      const text = doc?.members.get(member.name);
      if (text !== undefined) texts.set(member, text);
    }
  }
  return texts;
}
