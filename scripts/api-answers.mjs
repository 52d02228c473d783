// What every route answers, and with which named failures, read off the types and calls of its controller:
//   node scripts/api-answers.mjs           writes src/platform/http/generated/answers.ts
//   node scripts/api-answers.mjs --check   says whether that file is up to date; exit code 1 when it is not
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';
import { ReachableErrors } from './api/reachable-errors.mjs';
import { TypeSchemas } from './api/type-to-schema.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');
const TARGET = path.join(ROOT, 'src/platform/http/generated/answers.ts');
const VERBS = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete', 'Head', 'Options', 'All']);
const HEAD = `/* eslint-disable -- made by a program: data, in lines as long as they come */
// Made by scripts/api-answers.mjs out of the types of the controllers. Do not edit.

/** By \`Controller.method\`: the schema of the answer (null: no body) and the codes of failures that can end it. */
export const answers: Record<string, { schema: object | null; errors: readonly string[] }> = `;
const MIDDLE = `;

/** By code: the HTTP status, and what it means. */
export const errorCodes: Record<string, { status: number; about: string }> = `;

const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.build.json'), ts.sys.readFile);
const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
const program = ts.createProgram(fileNames, { ...options, noEmit: true });
const checker = program.getTypeChecker();
const schemas = new TypeSchemas(checker);
const isOurs = (file) => {
  const name = path.relative(ROOT, file.fileName);
  return /^src\//.test(name) && !/^src\/(devnet|launch|demo)\/|generated/.test(name);
};
const reachable = new ReachableErrors(program, isOurs);

const answers = {};
const errorCodes = {};
for (const file of program.getSourceFiles())
  if (isOurs(file) && file.fileName.endsWith('.controller.ts')) ts.forEachChild(file, readController);

const text = HEAD + lines(answers) + MIDDLE + lines(errorCodes) + ';\n';
if (process.argv.includes('--check')) {
  if ((await readFile(TARGET, 'utf8').catch(() => '')) !== text) {
    console.error('src/platform/http/generated/answers.ts is old: run node scripts/api-answers.mjs');
    process.exitCode = 1;
  }
} else {
  await mkdir(path.dirname(TARGET), { recursive: true });
  await writeFile(TARGET, text);
}

function readController(node) {
  if (!ts.isClassDeclaration(node) || !node.name) return;
  const guards = guardsOf(node);
  for (const member of node.members) {
    if (!ts.isMethodDeclaration(member) || !decoratorsOf(member).some(({ name }) => VERBS.has(name))) continue;
    const signature = checker.getSignatureFromDeclaration(member);
    const returned = signature.getReturnType();
    const type = checker.getAwaitedType(returned) ?? returned;
    const errors = new Set();
    for (const start of [member, ...guards, ...guardsOf(member)])
      for (const symbol of reachable.of(start)) addError(symbol, errors);
    for (const code of ownedCodes(member)) errors.add(code);
    answers[`${node.name.text}.${member.name.getText()}`] = {
      schema: schemas.of(type),
      errors: [...errors].toSorted(),
    };
  }
}

/** What the guard of `@Owned(kind, parameter)` answers to those who do not own it. */
function ownedCodes(member) {
  const owned = decoratorsOf(member).find(({ name }) => name === 'Owned');
  if (!owned) return [];
  return [owned.call.arguments[0]?.text === 'content' ? 'ERR_CONTENT_NOT_FOUND' : 'ERR_RECORD_NOT_FOUND'];
}

/** The `canActivate` of each class in `@UseGuards(...)`. */
function guardsOf(node) {
  return decoratorsOf(node)
    .filter(({ name }) => name === 'UseGuards')
    .flatMap(({ call }) => call.arguments)
    .flatMap((argument) => reachable.symbolAt(argument)?.declarations ?? [])
    .flatMap((declaration) => [...(declaration.members ?? [])])
    .filter((member) => ts.isMethodDeclaration(member) && member.name.getText() === 'canActivate');
}

function decoratorsOf(node) {
  return (ts.getDecorators(node) ?? [])
    .map(({ expression }) => expression)
    .filter((expression) => ts.isCallExpression(expression))
    .map((call) => ({ name: call.expression.getText(), call }));
}

/** Failures that no status was given are the platform's own (500) and get no line of their own. */
function addError(symbol, into) {
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  const literal = (name) => {
    const property = type.getProperty(name);
    return property?.valueDeclaration ? initializerOf(property.valueDeclaration) : undefined;
  };
  const status = literal('status');
  const of = checker.getTypeOfSymbol(type.getProperty('code') ?? symbol);
  const codes = (of.isUnion() ? of.types : [of]).filter((one) => one.isStringLiteral()).map((one) => one.value);
  if (typeof status !== 'number' || status === 500) return;
  for (const code of codes) {
    into.add(code);
    const about = ts.displayPartsToString(symbol.getDocumentationComment(checker)).replaceAll(/\s+/g, ' ').trim();
    const known = errorCodes[code];
    if (!known || (known.about === '' && about !== '') || known.status > status) errorCodes[code] = { status, about };
  }
}

function initializerOf({ initializer }) {
  if (initializer && ts.isNumericLiteral(initializer)) return Number(initializer.text);
  return undefined;
}

/** One line for each, sorted: changes of two branches meet only where they are about the same route. */
function lines(record) {
  const sorted = Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{\n${sorted.map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`).join('')}}`;
}
