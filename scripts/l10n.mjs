// Collects the sentences that the extension host shows (`vscode.l10n.t`) into l10n/bundle.l10n.json, which translators
// start from. `node scripts/l10n.mjs` writes the file; a test holds it to the sources.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bundle = path.join(root, 'l10n/bundle.l10n.json');

/** @returns {Record<string, string>} each sentence by itself, in order */
export function collectSentences() {
  const sentences = new Set();
  const folder = path.join(root, 'src/extension');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const source = ts.createSourceFile(
      name,
      readFileSync(path.join(folder, name), 'utf8'),
      ts.ScriptTarget.ES2022,
    );
    visit(source, source, sentences);
  }
  return Object.fromEntries([...sentences].sort().map((sentence) => [sentence, sentence]));
}

/** @param {ts.Node} node @param {ts.SourceFile} source @param {Set<string>} sentences */
function visit(node, source, sentences) {
  if (ts.isCallExpression(node) && node.expression.getText(source) === 'vscode.l10n.t') {
    const [first] = node.arguments;
    if (!first || !ts.isStringLiteralLike(first))
      throw new Error(
        `${source.fileName}: vscode.l10n.t needs a plain string first, not ${first?.getText(source)}`,
      );
    sentences.add(first.text);
  }
  ts.forEachChild(node, (child) => visit(child, source, sentences));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(bundle, `${JSON.stringify(collectSentences(), null, 2)}\n`);
