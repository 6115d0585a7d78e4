// Rewrites the TypeScript files of folders as Prettier writes them with the options in their
// `prettier.json`; what Prettier cannot read stays as it is.
// Usage: node prettier.js <node_modules> <folder>...
'use strict';

const fs = require('fs');
const path = require('path');

const [modules, ...folders] = process.argv.slice(2);
const prettier = require(path.join(modules, 'prettier'));

function* sources(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(name);
    else if (name.endsWith('.ts')) yield name;
  }
}

async function main() {
  for (const folder of folders) {
    const options = JSON.parse(fs.readFileSync(path.join(folder, 'prettier.json'), 'utf8'));
    for (const file of sources(folder)) {
      const text = fs.readFileSync(file, 'utf8');
      const parser = 'typescript';
      const written = await prettier.format(text, { parser, ...options }).catch(() => text);
      fs.writeFileSync(file, written);
    }
    fs.writeFileSync(path.join(folder, 'formatted'), '');
  }
}

main();
