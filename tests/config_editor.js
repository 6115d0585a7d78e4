// Validates configurations as an editor does whose file names the package's schema.
// Usage: node config_editor.js <node_modules> <package> <JSON list>; prints [place, keyword] pairs.
'use strict';

const fs = require('fs');
const path = require('path');

const [modules, folder, configs] = process.argv.slice(2);
const Ajv = require(path.join(modules, 'ajv/dist/2020')).default;

const read = (name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
const ajv = new Ajv({ allErrors: true, strict: false });
ajv.addSchema(read('config.schema.json'), 'file:///package/config.schema.json');
const whole = { ...read('capacitor.config.schema.json'), $id: 'file:///package/capacitor.config.schema.json' };
const validate = ajv.compile(whole);
const answers = JSON.parse(configs).map((config) =>
  validate(config) ? [] : validate.errors.map(({ instancePath, keyword }) => [instancePath, keyword]),
);
process.stdout.write(JSON.stringify(answers));
