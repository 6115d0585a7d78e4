// Shows the values of `values.js` in Node, as one JSON list of the lines of each call.

const { format } = require('node:util');
const { Console } = require('node:console');
const { Writable } = require('node:stream');
require('./values.js');

(async () => {
    const shown = [];
    const stdout = new Writable({ write(text, _, done) { shown.push(`${text}`.replace(/\n$/, '')); done(); } });
    const { table } = new Console({ stdout });
    for (const name of Object.keys(globalThis.VALUES)) {
        await globalThis.show(name, (...args) => { shown.push(format(...args)); }, (...args) => { table(...args); });
    }
    process.stdout.write(JSON.stringify(shown));
})();
