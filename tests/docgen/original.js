// Runs the original docgen on cases, all in one process: what it writes is what ours is compared
// with. Usage: node original.js <node_modules> <case folder>...
'use strict';

const fs = require('fs');
const path = require('path');

const [modules, ...cases] = process.argv.slice(2);
const { generate } = require(path.join(modules, '@capacitor/docgen/dist/generate.js'));

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
