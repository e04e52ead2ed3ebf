// Settings that TypeScript declares beside those of the native library, for the tables of scripts/types.mjs: members of the
// exported interface that extends a solver's options, which it adds or declares anew.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { files, root } from './shared.mjs';

/**
 * Rows { name, types, default, doc, when } of the interface that extends `options` ("ReluOptions"), in the folder src/`family`, and names of
 * `options` that it leaves out.
 */
export function declaredSettings(family, options) {
  const sources = files(`src/${family}`)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }))
    .filter(({ text }) => text.includes(options));
  for (const { name, text: source } of sources) {
    const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
    const found = file.statements.find((statement) => extendsOptions(statement, options));
    if (found) return { rows: new Declarations(file).rowsOf(found.members, ''), omitted: omittedBy(found, options) };
  }
  return { rows: [], omitted: [] };
}

const parentsOf = (statement) =>
  (statement.heritageClauses ?? []).flatMap(({ types }) => types.map((type) => type.getText().replace(/\s+/g, ' ')));

/** Returns true if a text is the name of options, or these without some members. */
const isOf = (parent, options) => parent === options || new RegExp(`^Omit< ?${options},`).test(parent);

function extendsOptions(statement, options) {
  return ts.isInterfaceDeclaration(statement) && parentsOf(statement).some((parent) => isOf(parent, options));
}

/** The members of options that an interface does not take from them. */
function omittedBy(statement, options) {
  const parent = parentsOf(statement).find((each) => isOf(each, options));
  return [...parent.matchAll(/'(\w+)'/g)].map(([, name]) => name);
}

/** Interfaces and names of types that a file declares. */
class Declarations {
  constructor(file) {
    this.interfaces = new Map(file.statements.filter(ts.isInterfaceDeclaration).map((each) => [each.name.text, each]));
    this.aliases = new Map(
      file.statements.filter(ts.isTypeAliasDeclaration).map((each) => [each.name.text, each.type]),
    );
  }

  /** A row for each member, and after it those of objects that it may be, under their path. */
  rowsOf(members, path) {
    return members.filter(ts.isPropertySignature).flatMap((member) => {
      const name = `${path}${member.name.getText()}`;
      const choices = this.choicesOf(member.type);
      const inner = choices.flatMap((choice) => this.innerRows(choice, name));
      const row = { name, types: choices.map(textOf), ...describe(member) };
      return row.doc ? [row, ...inner] : inner;
    });
  }

  /** The types of a union but for undefined; a name that stands for a union is that union. */
  choicesOf(type) {
    if (ts.isUnionTypeNode(type)) return type.types.flatMap((each) => this.choicesOf(each));
    if (type.kind === ts.SyntaxKind.UndefinedKeyword) return [];
    const named = ts.isTypeReferenceNode(type) ? this.aliases.get(type.typeName.getText()) : undefined;
    return named && ts.isUnionTypeNode(named) ? this.choicesOf(named) : [type];
  }

  innerRows(type, path) {
    if (ts.isTypeLiteralNode(type)) {
      return type.members
        .filter(ts.isPropertySignature)
        .flatMap((member) => this.innerRows(member.type, `${path}.${member.name.getText()}`));
    }
    const inner = ts.isTypeReferenceNode(type) ? this.interfaces.get(type.typeName.getText()) : undefined;
    return inner ? this.rowsOf(inner.members, `${path}.`) : [];
  }
}

const textOf = (type) =>
  type
    .getText()
    .replace(/\s+/g, ' ')
    .replace(/ \| undefined/g, '')
    .replace(/; \}/g, ' }');

/**
 * Reads the comment of a member: the text, the default that it names ("Default: ...", to the end of that sentence, or "`this` (default)"),
 * and when to change it ("Change it when ...").
 */
function describe(member) {
  const [comment] = ts.getJSDocCommentsAndTags(member);
  const text = (ts.getTextOfJSDocComment(comment?.comment) ?? '')
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim();
  const sentence = /(?:^| )Default:? (.*?)\.(?= [A-Z`]|$)/.exec(text);
  const marked = /(`[^`]+`) \(default\)/.exec(text);
  const when = /(?:^| )Change it when (.*?\.)(?= [A-Z`]|$)/.exec(text);
  const doc = [sentence, when].reduce((rest, found) => (found ? rest.replace(found[0], '') : rest), text).trim();
  return { default: (sentence ?? marked)?.[1] ?? 'none', doc, ...(when && { when: when[1] }) };
}
