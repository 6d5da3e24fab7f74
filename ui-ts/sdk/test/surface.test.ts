import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { MutationCommandSchema } from '../src/gen/map/v1/mutations_pb.js';
import { QueryCommandSchema } from '../src/gen/map/v1/queries_pb.js';
import { readmeSnippets } from './snippets.js';

const root = fileURLToPath(new URL('..', import.meta.url));

function options(file: string): ts.ParsedCommandLine {
  const { config } = ts.readConfigFile(join(root, file), (path) => ts.sys.readFile(path)) as { config: unknown };
  return ts.parseJsonConfigFileContent(config, ts.sys, root);
}

function messages(diagnostics: readonly ts.Diagnostic[]): string[] {
  return diagnostics.map(({ messageText, file, start }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${file?.fileName ?? ''}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

/** The declarations that a program which imports the package sees, by file. */
function publicDeclarations(): Map<string, string> {
  const { options: parsed, fileNames } = options('tsconfig.build.json');
  const emitted = new Map<string, string>();
  const program = ts.createProgram(fileNames, { ...parsed, emitDeclarationOnly: true, outDir: '/out' });
  program.emit(undefined, (path, text) => emitted.set(path, text));
  const reached = new Map<string, string>();
  const visit = (path: string): void => {
    const text = emitted.get(path);
    if (text === undefined || reached.has(path)) return;
    reached.set(path, text);
    for (const [, target = ''] of text.matchAll(/from '(\.[^']*)\.js'/g)) visit(`${join(dirname(path), target)}.d.ts`);
  };
  visit('/out/index.d.ts');
  return reached;
}

const declarations = publicDeclarations();

describe('the public surface', () => {
  it('is there', () => {
    expect([...declarations.keys()]).toEqual(expect.arrayContaining(['/out/index.d.ts', '/out/holon.d.ts', '/out/transaction.d.ts']));
  });

  it('sends every command of the contract', () => {
    const source = ts.sys.readDirectory(join(root, 'src'), ['.ts'], ['src/gen']).map((path) => ts.sys.readFile(path)).join('');
    const commands = [...QueryCommandSchema.fields, ...MutationCommandSchema.fields].map(({ localName }) => localName);
    expect(commands.filter((name) => !source.includes(`case: '${name}'`))).toEqual([]);
  });

  it.each([...declarations])('has nothing of the wire in %s', (_, text) => {
    const imports = [...text.matchAll(/(?:from|import\() ?'([^']*)'/g)].map(([, target]) => target);
    expect(imports.filter((target) => !/^\.\/(?!gen|internal)[\w-]+\.js$/.test(target ?? ''))).toEqual([]);
    expect(text).not.toMatch(/bufbuild|connectrpc|HolonReference|TransactionId|BaseValue|Schema\b.*Message|Wire[A-Z]/);
  });

  it.each([...declarations])('is documented throughout in %s', (path, text) => {
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const bare: string[] = [];
    const check = (node: ts.Node, owner: string): void => {
      const name = 'name' in node && node.name ? (node.name as ts.Node).getText(source) : '';
      const hidden = name === '' || name.startsWith('#') || ts.getCombinedModifierFlags(node as ts.Declaration) & ts.ModifierFlags.Private;
      if (!hidden && ts.getJSDocCommentsAndTags(node).length === 0) bare.push(`${owner}${name}`);
      if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) node.members.forEach((member) => { check(member, `${name}.`); });
    };
    source.forEachChild((node) => { check(node, ''); });
    expect(bare).toEqual([]);
  });
});

describe('the README', () => {
  it('has snippets that compile', { timeout: 60_000 }, () => {
    const { options: parsed } = options('tsconfig.json');
    const snippets = new Map(readmeSnippets().map(({ code }, index) => [join(root, `readme-${index + 1}.ts`), code]));
    expect(snippets.size).toBeGreaterThan(5);
    const host = ts.createCompilerHost(parsed);
    host.fileExists = (path) => snippets.has(path) || ts.sys.fileExists(path);
    host.readFile = (path) => snippets.get(path) ?? ts.sys.readFile(path);
    host.getSourceFile = (path, target) => {
      const text = host.readFile(path);
      return text === undefined ? undefined : ts.createSourceFile(path, text, target);
    };
    const program = ts.createProgram([...snippets.keys()], parsed, host);
    expect(messages(ts.getPreEmitDiagnostics(program))).toEqual([]);
  });
});
