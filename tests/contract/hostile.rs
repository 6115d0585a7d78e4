//! Scripts that mean harm, and machines without memory: each dispatch ends with an outcome.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use background_runner::{Code, Fault, Faults};

use crate::host::{Case, handler, script};

/// What a script does to its world, and what `resolve` still delivers afterwards.
const SPOILED: &[&str] = &[
    "Object.prototype.toJSON = () => 'polluted'; delete Object.prototype.toJSON",
    "Object.prototype.then = (f) => f(1); delete Object.prototype.then",
    "Array.prototype[Symbol.iterator] = null",
    "Promise.prototype.then = null; Promise.resolve = null",
    "globalThis.Promise = globalThis.Object = globalThis.Array = null",
    "JSON.stringify = JSON.parse = () => { throw 1 }; globalThis.JSON = null",
    "Function.prototype.call = Function.prototype.apply = null",
    "Error = TypeError = null; Error.prepareStackTrace = null",
    "Object.defineProperty(globalThis, 'addEventListener', { get() { throw 1 } })",
    "Object.freeze(globalThis)",
    "Symbol.prototype[Symbol.toPrimitive] = null",
    "String.prototype.toString = Number.prototype.valueOf = () => { throw 1 }",
    "globalThis.__proto__ = null",
    "Object.setPrototypeOf(globalThis, new Proxy({}, {}))",
    "new ArrayBuffer(8).transfer(); structuredClone(new ArrayBuffer(8))",
    "for (let i = 0; i < 1000; i++) Promise.reject(i).catch(() => {})",
    "eval('var x = 1'); new Function('return this')().y = 1",
    "new WeakRef({}); new FinalizationRegistry(() => {}).register({}, 1)",
];

#[test]
fn n2_a_script_cannot_spoil_its_own_outcome() {
    for harm in SPOILED {
        let body = format!("try {{ {harm} }} catch {{}} resolve({{ a: [1, 'x'] }})");
        assert_eq!(handler(&body).value(), r#"{"a":[1,"x"]}"#, "{harm}");
    }
}

/// What a script may replace before its first copy, and a value that is copied with it.
const COPIED: &[(&str, &str)] = &[
    ("Object", "new Boolean(false)"),
    ("Object", "new Number(1)"),
    ("Object", "new String('s')"),
    ("Object", "Object(1n)"),
    ("Object", "{}"),
    ("Array", "[1]"),
    ("Date", "new Date(0)"),
    ("RegExp", "/a/g"),
    ("Map", "new Map([[1, 2]])"),
    ("Set", "new Set([1])"),
    ("ArrayBuffer", "new ArrayBuffer(1)"),
    ("ArrayBuffer", "new ArrayBuffer(1, { maxByteLength: 2 })"),
    ("DataView", "new DataView(new ArrayBuffer(1))"),
    ("Uint8Array", "new Uint8Array(1)"),
    ("Error", "new Error('m')"),
    ("EvalError", "new EvalError('m')"),
    ("RangeError", "new RangeError('m')"),
    ("ReferenceError", "new ReferenceError('m')"),
    ("SyntaxError", "new SyntaxError('m')"),
    ("TypeError", "new TypeError('m')"),
    ("URIError", "new URIError()"),
];

#[test]
fn n2_a_copy_is_made_with_what_the_engine_had() {
    for (global, value) in COPIED {
        let body = format!(
            "const {{ getPrototypeOf }} = Object, {{ toString }} = Object.prototype, value = {value};
             globalThis.{global} = function () {{ throw new Error('replaced') }};
             const copy = structuredClone(value);
             resolve([getPrototypeOf(copy) === getPrototypeOf(value), copy !== value,
                 toString.call(copy) === toString.call(value), copy.message === value.message])"
        );
        assert_eq!(handler(&body).value(), "[true,true,true,true]", "{global}: {value}");
    }
}

/// What ends with an error of the contract's, and with which.
const FAILING: &[(&str, &[Code])] = &[
    ("throw new Proxy({}, { get() { throw 1 } })", &[Code::Exception]),
    (
        "throw Object.defineProperty(new Error(), 'message', { get() { throw 1 } })",
        &[Code::Exception],
    ),
    ("reject(new Proxy(Error(), { getPrototypeOf() { throw 1 } }))", &[Code::Rejected]),
    ("reject(Object.create(null))", &[Code::Rejected]),
    ("reject(() => {})", &[Code::Rejected]),
    ("resolve(new Proxy({}, { ownKeys() { throw new Error('no') } }))", &[Code::NotSerializable]),
    ("resolve({ toJSON() { return 1n } })", &[Code::NotSerializable]),
    ("const e = new Error('e'); e.cause = e; reject(e)", &[Code::Rejected]),
    ("const e = new Error('e'); e.code = e; throw e", &[Code::Exception]),
    ("Promise.reject({ get stack() { throw 1 } })", &[Code::NeverSettled]),
    ("throw new Error('x'.repeat(1e6))", &[Code::Exception]),
    ("JSON.parse('{\"a\":'.repeat(1e5))", &[Code::Exception]),
    ("import('./nothing.js')", &[Code::NeverSettled]),
    ("globalThis.x = new Proxy(globalThis, {}); with (x) { y }", &[Code::Exception]),
];

#[test]
fn n2_hostile_values_end_with_an_error() {
    for (body, codes) in FAILING {
        let (code, message) = handler(body).error();
        assert!(codes.contains(&code), "{body}: {code:?} {message}");
    }
}

#[test]
fn d5_large_and_deep_results_end_with_a_value_or_an_error() {
    let large = handler("resolve('x'.repeat(5 << 20))").value();
    assert_eq!(large.len(), (5 << 20) + 2);
    let deep = "let o = {}; for (let i = 0; i < 100000; i++) o = { o }; resolve(o)";
    match handler(deep).run().result {
        Ok(value) => assert!(value.is_some()),
        Err(error) => assert_eq!(error.code, Code::NotSerializable, "{error:?}"),
    }
    let details = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    match handler("resolve(1)").details(&details).run().result {
        Ok(value) => assert_eq!(value.as_deref(), Some("1")),
        Err(error) => assert_eq!(error.code, Code::InvalidArgument, "{error:?}"),
    }
}

#[test]
fn d15_a_hundred_thousand_log_lines_arrive() {
    let case = handler("for (let i = 0; i < 100000; i++) console.log('line', i); resolve()");
    assert_eq!(case.timeout(Duration::from_mins(1)).value_and_logs(), ("no value".into(), 100_000));
}

#[test]
fn w4_timers_without_number_run_into_the_memory_limit() {
    let case = handler("for (let i = 0; i < 2 ** 31; i++) setTimeout(() => {}, i)");
    assert_eq!(case.memory(8 << 20).error().0, Code::OutOfMemory);
}

/// A script that touches most of what allocates.
const BUSY: &str = "const values = [];
    addEventListener('test', async (resolve, reject, args) => {
        for (let i = 0; i < 60; i++) values.push({ ['key' + i]: [i, 'x'.repeat(i * 40)], re: /a+b/g });
        const text = JSON.stringify(values), copy = JSON.parse(text);
        const map = new Map(copy.map((it, i) => [i, it])), bytes = new Uint8Array(20000).fill(7);
        class A { #p = 1; static s = [...map.keys()]; get p() { return this.#p } }
        const sorted = text.split(',').sort((a, b) => a < b ? 1 : -1).join(';');
        try { null.x } catch (e) { values.push(e.stack) }
        await new Promise((done) => setTimeout(done, 0, bytes));
        CapacitorKV.set('a', sorted.slice(0, 10));
        resolve({ n: values.length, p: new A().p, length: text.length, args, b: bytes.length });
    });";

fn with_faults(faults: Faults) -> Case {
    let mut case = script(BUSY).details(r#"{"a":{"b":[1,2,3]}}"#);
    case.settings.faults = faults;
    case
}

/// Every outcome of a dispatch that got too little memory is one of these.
#[track_caller]
fn ends_well(case: &Case, what: &str) -> bool {
    match case.run().result {
        Ok(value) => {
            assert!(value.expect("a value").starts_with(r#"{"n":61,"#), "{what}");
            true
        }
        Err(error) => {
            let fine = [Code::OutOfMemory, Code::Exception, Code::ScriptError, Code::NeverSettled];
            assert!(fine.contains(&error.code), "{what}: {error:?}");
            false
        }
    }
}

/// Has every n-th allocation fail; every single one when the environment asks for it.
fn sweep(fault: Fault, stride: usize) {
    let asked = std::env::var("BACKGROUND_RUNNER_SWEEP_STEP").ok();
    let stride = asked.and_then(|step| step.parse().ok()).unwrap_or(stride);
    for nth in (1..).step_by(stride) {
        let faults = Faults { nth, fault, ..Faults::default() };
        let count = Arc::clone(&faults.count);
        let fine = ends_well(&with_faults(faults), &format!("allocation {nth}, {fault:?}"));
        if count.load(Ordering::Relaxed) < nth {
            assert!(fine && nth > 100, "the script allocates, and succeeds when nothing fails");
            break;
        }
    }
}

#[test]
fn d12_the_limit_may_be_reached_at_any_allocation() {
    sweep(Fault::Limit, 1);
}

#[test]
fn d12_every_allocation_may_fail_once_or_for_good() {
    sweep(Fault::Once, 1);
    sweep(Fault::ForGood, 1);
}

/// Texts that the engine compiles into much more than they are.
const GROWING: &[&str] = &[
    "eval('x;'.repeat(300000))",
    "new Function('a:;'.repeat(200000))",
    "eval('if(x);'.repeat(200000))",
    "eval('(' + '[1,'.repeat(300000))",
    "eval('1.5,'.repeat(300000) + '1')",
    "eval('function f(){}'.repeat(60000))",
    "new RegExp('(a|b)'.repeat(200000))",
    "JSON.parse('[' + '{},'.repeat(600000) + '1]')",
    "eval('with(this)'.repeat(300) + '{' + 'x;'.repeat(2000) + '}')",
];

#[test]
fn d12_a_compiler_at_the_limit_is_stopped_and_not_refused() {
    for text in GROWING {
        for room in [0, 1, 3] {
            // Almost everything is taken when the compiler begins.
            let fill = format!("const taken = new ArrayBuffer((7 << 20) - {room} * 500000);");
            let case = handler(&format!("{fill} {text}; resolve(taken.byteLength)"));
            let outcome = case.memory(8 << 20).run();
            match outcome.result {
                Ok(_) => {}
                Err(error) => {
                    let codes = [Code::OutOfMemory, Code::Exception];
                    assert!(codes.contains(&error.code), "{text}: {error:?}");
                }
            }
        }
    }
}
