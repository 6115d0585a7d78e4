// Runs the original docgen on cases, all in one process: what it writes is what ours is compared
// with. Usage: node original.js <node_modules> <case folder>...
'use strict';

const fs = require('fs');
const path = require('path');

const [modules, ...cases] = process.argv.slice(2);
const ts = require(path.join(modules, 'typescript'));
shareInstalledFiles();
const { generate } = require(path.join(modules, '@capacitor/docgen/dist/generate.js'));

// Parses what is installed once for all cases, as the compiler itself does from one program to the
// next while it watches files.
function shareInstalledFiles() {
  const { createProgram } = ts;
  const known = new Map();
  ts.createProgram = ({ rootNames, options }) => {
    const host = ts.createCompilerHost(options);
    const { getSourceFile } = host;
    host.getSourceFile = (name, ...rest) => {
      if (!name.includes('/node_modules/')) return getSourceFile(name, ...rest);
      if (!known.has(name)) known.set(name, getSourceFile(name, ...rest));
      return known.get(name);
    };
    return createProgram({ rootNames, options, host });
  };
}

async function main() {
  for (const folder of cases) {
    const { api, npmName } = JSON.parse(fs.readFileSync(path.join(folder, 'case.json'), 'utf8'));
    process.chdir(folder);
    process.env.npm_package_name = npmName;
    try {
      await generate({
        tsconfigPath: path.join(folder, 'tsconfig.json'),
        api,
        outputJsonPath: path.join(folder, 'expected.json'),
        outputReadmePath: path.join(folder, 'expected.md'),
      });
    } catch (error) {
      fs.writeFileSync(path.join(folder, 'error.txt'), String(error));
    }
    fs.writeFileSync(path.join(folder, 'complete'), '');
  }
}

main();
