@import_free: for (var i = 0; i < 3; i++) { if (i == 1) continue import_free; else break import_free; }
let a = 1, { b, c: [d = 2, ...rest], ...others } = { b: 1, c: [], x: 1 };
const t = `x${a}y${b ?? 1}`, re = /a(?<n>b)+[c-e]\u{1F600}/gu, big = 123n, num = 0x1f, s = 'str\u00e9';
function f(x = 1, { y, z } = {}, ...r) { return arguments.length + x + (y ?? z) + r.length; }
class A { #p = 1; static s = 2; static { this.t = 3; } get p() { return this.#p; } set p(v) { this.#p = v; } ['c' + 1]() { return super.toString(); } static async *g() { yield* [1]; } #m() { return #p in this; } constructor() { new.target; } }
class B extends A { constructor() { super(); this.x = () => this; } }
async function g() { for await (const x of A.g()) { await x; } try { throw new Error('e') } catch ({ message }) { return message } finally { a++; } }
function* gen() { const x = yield 1; return x; }
switch (a) { case 1: let q = 1; break; default: a = eval('1+1'); }
with ({ w: 1 }) { w; }
do { a--; } while (a > 10);
const o = { a, [b]: 1, get x() { return 1 }, set x(v) {}, async m() {}, *n() {}, __proto__: null, ...others };
o?.x?.[1]?.(2); a ||= 1; a &&= 2; a ??= 3; delete o.a; typeof undef; void 0; a = b, c2 = 1;
for (const k in o) { (() => k)(); } for (const [k, v] of Object.entries(o)) { (() => v)(); }
var arrow = async ({ x }, [y] = []) => { await 0; return x + y; };
var fn = new Function('p', 'return p * 2'); fn(2); new RegExp('(a|b)*c{2,3}', 'y').exec('abcc');
JSON.stringify([1, { a: 'x'.repeat(100) }]); JSON.parse('{"a":[1,2,{"b":null}]}');
[3, 1, 2].sort(); new Map([[1, 2]]); new Set('abc'); [...'abc'].map((x) => x + x).join('-');
g().then((m) => { o.m2 = m }); Promise.all([1, g()]).then(() => {}); Symbol('x'); new Date(0).toISOString();
tag`a${1}b`; function tag(s, ...v) { return s.raw[0] + v; }
label: { break label; } if (a) ; else ; debugger; ({}).toString(); (1, eval)('var zz = 1; function inner() { return zz }');
