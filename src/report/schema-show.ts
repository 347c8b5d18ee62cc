/**
 * One definition of a schema as people read it: what goes in, what comes out, and the documentation of each.
 */
import picocolors from 'picocolors';
import {
  printCondition,
  type AlternateType,
  type Branch,
  type Command,
  type Definition,
  type Doc,
  type Element,
  type EnumType,
  type Event,
  type Feature,
  type Member,
  type ObjectType,
  type Type,
} from '../qapi/index.js';
import { shown, shownLine, wrap } from '../text.js';

/** What has a name in a schema. */
export type Shown = Command | Event | Type;

type Paint = ReturnType<typeof picocolors.createColors>;

/** Texts of schemas may be of any length; the longest of QEMU's have some thousand UTF-16 units. */
const DOC_LIMIT = 20_000;

/** Values of an enumeration that stand beside a member of that type. */
const VALUES = 12;

/**
 * A command, event or type: signature, members, branches, documentation, where it is defined.
 *
 * @returns text that ends in a newline
 */
export function definitionText(
  definition: Shown,
  { color, width = 100 }: { readonly color: boolean; readonly width?: number },
): string {
  const page = new Page(picocolors.createColors(color), width);
  page.title(definition);
  switch (definition.kind) {
    case 'command':
      page.data('ARGUMENTS', definition.arguments, definition.doc);
      page.returns(definition);
      break;
    case 'event':
      page.data('DATA', definition.data, definition.doc);
      break;
    case 'object':
      page.members('MEMBERS', definition, definition.doc);
      break;
    case 'enum':
      page.values(definition);
      break;
    case 'alternate':
      page.alternatives(definition);
      break;
    default:
      break;
  }
  if ('features' in definition) page.features(definition);
  if ('doc' in definition) page.sections(definition.doc);
  return page.text();
}

/** What kind of thing it is: `command`, `struct`, `enum`. */
export function kindOf(definition: Shown): string {
  return definition.kind === 'object' ? definition.meta : definition.kind;
}

class Page {
  readonly #paint: Paint;
  readonly #width: number;
  readonly #lines: string[] = [];

  constructor(paint: Paint, width: number) {
    this.#paint = paint;
    this.#width = width;
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  title(definition: Shown): void {
    const { bold, dim } = this.#paint;
    this.#lines.push(`${kindOf(definition)} ${bold(shownLine(definition.name))}`);
    if (definition.kind === 'builtin') {
      const { range } = definition;
      if (range !== undefined) this.#lines.push(`  ${range.min} to ${range.max}`);
      return;
    }
    if (definition.kind === 'array') return;
    const { position, doc } = definition;
    const details = [
      ...(position === undefined ? [] : [`${position.file}:${position.line}`]),
      ...(doc?.since === undefined ? [] : [`since ${doc.since}`]),
      ...flagsOf(definition),
      ...conditionOf(definition),
    ];
    if (details.length > 0) this.#lines.push(dim(shownLine(details.join(', '), DOC_LIMIT)));
    if (doc !== undefined && doc.body !== '') this.#lines.push('', ...this.#prose(doc.body, '  '));
  }

  /** Arguments or data: written in place, or of a type that has a name. */
  data(title: string, type: ObjectType | undefined, doc: Doc | undefined): void {
    if (type === undefined) return;
    const isNamed = type.meta !== 'implicit';
    this.members(isNamed ? `${title}: ${type.meta} ${shownLine(type.name)}` : title, type, doc);
  }

  returns({ returns, doc, successResponse }: Command): void {
    if (!successResponse || (returns === undefined && doc?.returns === undefined)) return;
    this.#heading('RETURNS');
    if (returns !== undefined) this.#lines.push(`  ${nameOf(returns)}${valuesOf(returns)}`);
    if (doc?.returns !== undefined) this.#lines.push(...this.#prose(doc.returns, '    '));
  }

  members(title: string, type: ObjectType, doc: Doc | undefined): void {
    if (type.members.length > 0) this.#heading(title);
    const docs = docsOf(type, doc);
    for (const member of type.members) this.#member(member, docs.get(member.name));
    if (type.variants === undefined) return;
    const { tag, branches } = type.variants;
    this.#heading(`BRANCHES by ${shownLine(tag.name)}`);
    for (const branch of branches.values()) this.#branch(branch);
    const values = tag.type.kind === 'enum' ? tag.type.values : [];
    const others = values.map(({ name }) => name).filter((name) => !branches.has(name));
    if (others.length > 0) this.#lines.push(`  ${shownLine(others.join(', '), DOC_LIMIT)}: no more members`);
  }

  values({ values, doc }: EnumType): void {
    this.#heading('VALUES');
    for (const value of values) this.#element(shownLine(value.name), value, doc?.members.get(value.name));
  }

  alternatives({ alternatives, doc }: AlternateType): void {
    this.#heading('ONE OF');
    for (const alternative of alternatives) {
      const { name, type } = alternative;
      const isNamed = type.name !== name;
      const head = isNamed ? `${shownLine(name)}: ${nameOf(type)}` : nameOf(type);
      this.#element(`${head}${valuesOf(type)}`, alternative, doc?.members.get(name));
    }
  }

  features({ features, doc }: Definition): void {
    if (features.length === 0) return;
    this.#heading('FEATURES');
    for (const feature of features) {
      this.#element(shownLine(feature.name), { ...feature, features: [] }, doc?.features.get(feature.name));
    }
  }

  /** What else the documentation says: errors, notes, examples. */
  sections(doc: Doc | undefined): void {
    for (const { tag, text } of doc?.sections ?? []) {
      if (tag === 'Returns' || tag === 'Since') continue;
      if (tag === '') this.#lines.push('');
      else this.#heading(tag.toUpperCase());
      this.#lines.push(...this.#prose(text, '  '));
    }
  }

  #heading(title: string): void {
    this.#lines.push('', this.#paint.bold(title));
  }

  #member(member: Member, doc: string | undefined): void {
    const name = shownLine(member.name);
    const head = `${member.optional ? `[${name}]` : name}: ${nameOf(member.type)}${valuesOf(member.type)}`;
    this.#element(head, member, doc);
  }

  #branch(branch: Branch): void {
    const members = branch.type.members.map(({ name, optional }) => (optional ? `[${name}]` : name));
    const more = branch.type.variants === undefined ? '' : ', and branches';
    const list = members.length === 0 ? '' : ` (${shownLine(members.join(', '))}${more})`;
    this.#element(`${shownLine(branch.name)}: ${nameOf(branch.type)}${list}`, branch, undefined);
  }

  #element(head: string, element: Element, doc: string | undefined): void {
    const details = [...element.features.map(featureText), ...conditionOf(element)];
    const tail = details.length === 0 ? '' : `  ${this.#paint.dim(shownLine(details.join(', ')))}`;
    this.#lines.push(`  ${head}${tail}`);
    if (doc !== undefined) this.#lines.push(...this.#prose(doc, '      '));
  }

  /** Text keeps the line breaks of its author where it is indented, as in examples, or a list. */
  #prose(text: string, margin: string): string[] {
    return shown(text, DOC_LIMIT)
      .split('\n')
      .flatMap((line) => (line.trim() === '' ? [''] : wrapLine(line, this.#width - margin.length)))
      .map((line) => (line === '' ? '' : margin + line));
  }
}

/** A line that is too long goes on below its first word. */
function wrapLine(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const start = line.length - line.trimStart().length;
  const indent = ' '.repeat(Math.min(start, 20));
  return wrap(line.trimStart(), Math.max(20, width - indent.length)).map((part) => indent + part);
}

/** The documentation of members, also of those that come from a base. */
function docsOf(type: ObjectType, own: Doc | undefined): ReadonlyMap<string, string> {
  const docs = new Map(own?.members);
  for (let here: ObjectType | undefined = type; here !== undefined; here = here.base) {
    for (const [name, text] of here.doc?.members ?? []) if (!docs.has(name)) docs.set(name, text);
  }
  return docs;
}

/** An array as the schema language writes it, everything else by name; introspection has only numbers for names. */
function nameOf(type: Type): string {
  if (type.kind === 'array') return `[${nameOf(type.element)}]`;
  const name = shownLine(type.name);
  return /^\d+$/.test(type.name) ? `${kindOf(type)} ${name}` : name;
}

/** The values of an enumeration, if they are few. */
function valuesOf(type: Type): string {
  if (type.kind !== 'enum' || type.values.length > VALUES) return '';
  return ` (${shownLine(type.values.map(({ name }) => name).join(' | '))})`;
}

function featureText(feature: Feature): string {
  const [condition] = conditionOf(feature);
  return condition === undefined ? feature.name : `${feature.name} (${condition})`;
}

function conditionOf({ condition }: Pick<Element, 'condition'>): string[] {
  return condition === undefined ? [] : [`if ${printCondition(condition)}`];
}

function flagsOf(definition: Shown): string[] {
  if (definition.kind !== 'command') return [];
  const { allowOob, allowPreconfig, checked, successResponse } = definition;
  return [
    ...(allowOob ? ['may be executed out of band'] : []),
    ...(allowPreconfig ? ['may be executed before the machine is configured'] : []),
    ...(checked ? [] : ['arguments are not checked against the schema']),
    ...(successResponse ? [] : ['success is not answered']),
  ];
}
