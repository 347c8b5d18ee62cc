/**
 * Elements that are exempt from the compatibility rules.
 */
import type { Element, Feature, Schema } from '../model/schema.js';
import type { Exemption } from './change.js';

/** A schema that never says `unstable` may be older than that feature. */
export function knowsUnstable({ commands, events, types }: Schema): boolean {
  const any = (elements: Iterable<Pick<Element, 'features'>>) => [...elements].some(isUnstable);
  return (
    any(commands.values()) ||
    any(events.values()) ||
    [...types.values()].some((type) => {
      if (type.kind === 'object') return any(type.localMembers);
      return type.kind === 'enum' && any(type.values);
    })
  );
}

/**
 * @param element as the old schema has it: that is where a promise would have been made
 * @param experiments does `x-` before a name mean what `unstable` does today?
 */
export function exemptionOf(element: Element | Feature, experiments: boolean): Exemption | undefined {
  if ('features' in element && isUnstable(element)) return 'unstable';
  if (isDownstream(element)) return 'downstream';
  return experiments && element.name.startsWith('x-') ? 'experimental' : undefined;
}

export function isDownstream({ name }: Pick<Element, 'name'>): boolean {
  return name.startsWith('__');
}

function isUnstable({ features }: Pick<Element, 'features'>): boolean {
  return features.some(({ name }) => name === 'unstable');
}
