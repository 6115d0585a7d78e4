// What an editor proposes, shows and marks in `capacitor.config.json` and `capacitor.config.ts`: through the
// language services that editors use. Usage: node config_language.js <node_modules> <package> <JSON cases>.
'use strict';

const fs = require('fs');
const path = require('path');
const { pathToFileURL, fileURLToPath } = require('url');

const [modules, folder, input] = process.argv.slice(2);
const cases = JSON.parse(input);
const name = (file) => path.join(modules, file);

/** A text without its cursor, and where that was. */
const split = (text) => ({ text: text.replace('|', ''), at: text.includes('|') ? text.indexOf('|') : undefined });
const plain = (documentation) => (documentation && documentation.value) || documentation || '';

function jsonService() {
  const { getLanguageService } = require(name('vscode-json-languageservice'));
  const service = getLanguageService({
    schemaRequestService: async (uri) => fs.readFileSync(fileURLToPath(uri), 'utf8'),
    workspaceContext: { resolveRelativePath: (relative, base) => new URL(relative, base).toString() },
    clientCapabilities: {
      textDocument: { completion: { completionItem: { documentationFormat: ['markdown', 'plaintext'] } } },
    },
  });
  const uri = pathToFileURL(path.join(folder, 'capacitor.config.schema.json')).toString();
  service.configure({ validate: true, schemas: [{ uri, fileMatch: ['capacitor.config.json'] }] });
  return service;
}

async function json(service, source) {
  const { TextDocument } = require(name('vscode-json-languageservice'));
  const { text, at } = split(source);
  const document = TextDocument.create('file:///app/capacitor.config.json', 'json', 1, text);
  const parsed = service.parseJSONDocument(document);
  const lines = [];
  if (at !== undefined) {
    const position = document.positionAt(at);
    const completion = await service.doComplete(document, position, parsed);
    for (const item of completion.items) {
      lines.push(`+ ${item.label} -> ${item.insertText}${item.documentation ? `  (${plain(item.documentation)})` : ''}`);
    }
    const hover = await service.doHover(document, position, parsed);
    const shown = hover ? [].concat(hover.contents).map(plain).join('\n').trim() : '';
    if (shown) lines.push(`? ${shown}`);
  }
  for (const problem of await service.doValidation(document, parsed)) {
    lines.push(`! ${document.getText(problem.range)}: ${problem.message}`);
  }
  return lines;
}

function typescript() {
  const ts = require(name('typescript'));
  const app = path.join(path.dirname(modules), 'app', 'capacitor.config.ts');
  const typings = path.join(folder, 'src', 'config.ts');
  let text = '';
  let version = 0;
  const options = {
    strict: true,
    lib: ['lib.es2022.d.ts'],
    noEmit: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
    typeRoots: [],
    paths: { '@capacitor/cli': [path.join(modules, '@capacitor', 'cli')] },
  };
  const host = {
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCurrentDirectory: () => path.dirname(app),
    getCompilationSettings: () => options,
    getScriptFileNames: () => [app, typings],
    getScriptVersion: (file) => (file === app ? String(version) : '0'),
    getScriptSnapshot: (file) => {
      const content = file === app ? text : ts.sys.readFile(file);
      // What the package's users get from its typings is there without a name to be looked up.
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content.replace(/^\/\/\/ <reference types.*$/m, ''));
    },
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    fileExists: (file) => file === app || ts.sys.fileExists(file),
    readFile: (file) => (file === app ? text : ts.sys.readFile(file)),
  };
  const service = ts.createLanguageService(host);
  return (source) => {
    const block = split(`import type { CapacitorConfig } from '@capacitor/cli';\nexport const config: CapacitorConfig = ${source};\n`);
    text = block.text;
    version += 1;
    const lines = [];
    if (block.at !== undefined) {
      const found = service.getCompletionsAtPosition(app, block.at, {});
      for (const { name: label } of found ? found.entries : []) {
        const details = service.getCompletionEntryDetails(app, block.at, label, {}, undefined, {}, undefined);
        const docs = ts.displayPartsToString(details?.documentation);
        const tags = (details?.tags ?? []).map((tag) => `@${tag.name} ${ts.displayPartsToString(tag.text)}`.trim());
        lines.push(`+ ${label}  (${[docs, ...tags].filter(Boolean).join(' ')})`);
      }
    }
    const problems = [...service.getSyntacticDiagnostics(app), ...service.getSemanticDiagnostics(app)];
    for (const problem of problems) {
      const message = ts.flattenDiagnosticMessageText(problem.messageText, ' ');
      lines.push(`! ${text.slice(problem.start, problem.start + problem.length)}: ${message.replaceAll(folder, '')}`);
    }
    return lines;
  };
}

(async () => {
  const service = jsonService();
  const ask = typescript();
  const answers = [];
  for (const [language, source] of cases) {
    answers.push(language === 'json' ? await json(service, source) : ask(source));
  }
  process.stdout.write(JSON.stringify(answers));
})();
