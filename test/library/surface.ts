/**
 * What each entry point exports, as the declarations of the built package have it.
 */
import ts from 'typescript';
import { packageFile } from '../../src/package.js';

/** The entry points, by what callers import. */
export const ENTRY_POINTS = {
  qmpspec: 'index',
  'qmpspec/fake': 'fake',
  'qmpspec/json': 'json',
  'qmpspec/qapi': 'qapi',
} as const;

export interface Exported {
  readonly entryPoint: string;
  readonly name: string;
  /** `interface X`, `function f(…): …`: what a caller relies on. */
  readonly signature: string;
  /** The text of its documentation comment, without tags. */
  readonly doc: string;
  readonly tags: readonly string[];
}

/** Every exported name, sorted by entry point and name. */
export function surface(): Exported[] {
  const files = Object.values(ENTRY_POINTS).map((file) =>
    packageFile('dist', 'src', 'library', `${file}.d.ts`),
  );
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    types: ['node'],
  });
  const checker = program.getTypeChecker();
  return Object.keys(ENTRY_POINTS).flatMap((entryPoint, index) => {
    const source = program.getSourceFile(files[index] ?? '');
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${files[index] ?? ''} is no module; build first`);
    return checker
      .getExportsOfModule(module)
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
      .map((symbol) => ({
        entryPoint,
        name: symbol.name,
        signature: signatureOf(symbol, checker),
        doc: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
        tags: symbol.getJsDocTags(checker).map(({ name }) => name),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  });
}

const FORMAT = (ts.TypeFormatFlags.NoTruncation |
  ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope) as ts.TypeFormatFlags;
/** Of an alias: what it stands for. */
const EXPANDED = (FORMAT | ts.TypeFormatFlags.InTypeAlias) as ts.TypeFormatFlags;

function signatureOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const [declaration] = symbol.getDeclarations() ?? [];
  if (declaration === undefined) throw new Error(`${symbol.name} is declared nowhere`);
  const typeOf = (member: ts.Symbol): string =>
    checker.typeToString(checker.getTypeOfSymbolAtLocation(member, declaration), declaration, FORMAT);
  const membersOf = (type: ts.Type, isStatic = false): string[] =>
    type
      .getProperties()
      .filter(({ name }) => !name.startsWith('__#') && name !== '#private' && name !== 'prototype')
      .filter((member) => isOurs(member))
      .map((member) => {
        const optional = member.flags & ts.SymbolFlags.Optional ? '?' : '';
        return `  ${isStatic ? 'static ' : ''}${member.name}${optional}: ${typeOf(member)}`;
      })
      .sort();
  const indexOf = (type: ts.Type): string[] => {
    const index = type.getStringIndexType();
    return index === undefined ? [] : [`  [name]: ${checker.typeToString(index, declaration, FORMAT)}`];
  };
  const body = (head: string, members: readonly string[]): string => [head, ...members].join('\n');
  if (symbol.flags & ts.SymbolFlags.Class) {
    const statics = membersOf(checker.getTypeOfSymbolAtLocation(symbol, declaration), true);
    return body(`class ${symbol.name}`, [...statics, ...membersOf(checker.getDeclaredTypeOfSymbol(symbol))]);
  }
  if (symbol.flags & ts.SymbolFlags.Interface) {
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    return body(`interface ${symbol.name}`, [...indexOf(type), ...membersOf(type)]);
  }
  if (symbol.flags & ts.SymbolFlags.TypeAlias) {
    const type = checker.typeToString(checker.getDeclaredTypeOfSymbol(symbol), declaration, EXPANDED);
    return `type ${symbol.name} = ${type}`;
  }
  const kind = symbol.flags & ts.SymbolFlags.Function ? 'function' : 'const';
  return `${kind} ${symbol.name}: ${typeOf(symbol)}`;
}

/** What a class inherits from the language is not ours to promise. */
function isOurs(member: ts.Symbol): boolean {
  return (member.getDeclarations() ?? []).some(
    (declaration) => !declaration.getSourceFile().fileName.includes('/node_modules/'),
  );
}
