// https://console.spec.whatwg.org/ What is shown is tested where records are seen (tests/web.rs);
// here is what a script sees.

test('console is a namespace of WebIDL', () => {
    equal(Object.prototype.toString.call(console), '[object console]');
    const prototype = Object.getPrototypeOf(console);
    equal([Reflect.ownKeys(prototype), Object.getPrototypeOf(prototype) === Object.prototype], [[], true]);
    for (const name of ['assert', 'clear', 'count', 'countReset', 'debug', 'dir', 'dirxml', 'error', 'group', 'groupCollapsed',
        'groupEnd', 'info', 'log', 'table', 'time', 'timeEnd', 'timeLog', 'timeStamp', 'trace', 'warn']) {
        equal(typeof console[name], 'function', name);
        ok(Object.getOwnPropertyDescriptor(console, name).enumerable, `${name} is enumerable`);
        equal((0, console[name])(name), undefined, `${name} needs no receiver`);
    }
});

test('labels are converted, and their exceptions are the script\'s', () => {
    for (const name of ['count', 'countReset', 'time', 'timeLog', 'timeEnd']) {
        throws('RangeError', () => console[name]({ toString() { throw new RangeError('mine'); } }), name);
        throws('TypeError', () => console[name](Symbol('s')), name);
    }
});
