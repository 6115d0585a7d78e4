//! What a developer is told of what went wrong: errors nobody caught, stacks, the engine's messages and
//! work that is cut off (D13, D15, D16).

use crate::host::{handler, script};

/// The log of a handler that resolves after 20 ms.
#[track_caller]
fn logs(body: &str) -> Vec<String> {
    let case = script(&format!(
        "addEventListener('test', async (resolve) => {{ {body};
           await new Promise((done) => setTimeout(done, 20)); resolve() }})"
    ));
    assert_eq!(case.value(), "no value");
    case.host.log_lines()
}

#[test]
fn d15_what_nobody_catches_is_one_record_with_its_place() {
    for (what, body) in [
        ("a microtask", "queueMicrotask(() => { throw new Error('lost') })"),
        ("a timer", "setTimeout(() => { throw new Error('lost') })"),
        ("a promise", "Promise.resolve().then(() => { throw new Error('lost') })"),
        (
            "an event listener",
            "const it = new EventTarget(); it.addEventListener('x', () => { throw new Error('lost') });
             it.dispatchEvent(new Event('x'))",
        ),
        (
            "an event listener",
            "const it = new AbortController(); it.signal.onabort = () => { throw new Error('lost') };
             it.abort()",
        ),
        ("`reportError`", "reportError(new Error('lost'))"),
    ] {
        let logs = logs(body);
        assert_eq!(logs.len(), 1, "{body}: {logs:?}");
        let start = format!("error: uncaught in {what}: Error: lost\n    at ");
        assert!(logs[0].starts_with(&start), "{body}: {logs:?}");
        assert!(logs[0].contains("runner.js:"), "{body}: {logs:?}");
    }
}

/// What an `async` handler throws when the outcome is decided, and who hears of it before the log.
#[test]
fn d15_what_the_handler_throws_after_it_settled_is_one_record() {
    for body in [
        "async (resolve) => { resolve(1); throw new Error('lost') }",
        "async (resolve) => { resolve(1); await 0; await 0; throw new Error('lost') }",
        "async (resolve) => { await 0; resolve(1); throw new Error('lost') }",
        "async (resolve, reject) => { resolve(1); reject(new Error('no')); throw new Error('lost') }",
        "(resolve) => { resolve(1); return Promise.reject(new Error('lost')) }",
        "(resolve) => { resolve(1); throw new Error('lost') }",
    ] {
        let case = script(&format!("addEventListener('test', {body})"));
        assert_eq!(case.value(), "1", "{body}");
        let logs = case.host.log_lines();
        let errors: Vec<_> = logs.iter().filter(|it| it.starts_with("error: ")).collect();
        assert_eq!(errors.len(), 1, "{body}: {logs:?}");
        let start = "error: uncaught in the handler, after it settled: Error: lost\n    at ";
        assert!(errors[0].starts_with(start), "{body}: {logs:?}");
    }
    let case = script(
        "onunhandledrejection = (event) => { console.log(event.reason.message); return false };
         addEventListener('test', async (resolve) => { resolve(1); throw new Error('lost') })",
    );
    assert_eq!(case.value(), "1");
    assert_eq!(case.host.log_lines(), ["log: lost"]);
}

#[test]
fn d15_the_script_hears_of_its_errors_and_can_silence_them() {
    // What is done with it, and how many records are left.
    for (listens, left) in [
        (
            "onerror = (message, file, line, column, error) => { seen.push(message, file, line, error.message); return true }",
            0,
        ),
        (
            "onerror = (message, file, line, column, error) => { seen.push(message, file, line, error.message) }",
            1,
        ),
        (
            "addEventListener('error', (event) => { seen.push(event.message, event.filename, event.lineno, event.error.message); event.preventDefault() })",
            0,
        ),
        (
            "addEventListener('error', (event) => { seen.push(event.message, event.filename, event.lineno, event.error.message) })",
            1,
        ),
    ] {
        let case = script(&format!(
            "const seen = []; {listens};
             addEventListener('test', (resolve) => {{
               setTimeout(() => {{ throw new Error('lost') }});
               setTimeout(() => resolve(seen), 10);
             }})"
        ));
        assert_eq!(case.value(), r#"["Uncaught Error: lost","runner.js",3,"lost"]"#, "{listens}");
        assert_eq!(case.host.log_lines().len(), left, "{listens}");
    }
    for (listens, left) in [
        (
            "onunhandledrejection = (event) => { seen.push(event.reason, event.promise instanceof Promise); return false }",
            0,
        ),
        (
            "addEventListener('unhandledrejection', (event) => { seen.push(event.reason, event.isTrusted); event.preventDefault() })",
            0,
        ),
        (
            "addEventListener('unhandledrejection', (event) => { seen.push(event.reason, event.cancelable) })",
            1,
        ),
    ] {
        let case = script(&format!(
            "const seen = []; {listens};
             addEventListener('test', (resolve) => {{
               Promise.reject('lost');
               setTimeout(() => resolve(seen), 10);
             }})"
        ));
        assert_eq!(case.value(), r#"["lost",true]"#, "{listens}");
        assert_eq!(case.host.log_lines().len(), left, "{listens}");
    }
}

#[test]
fn d15_a_rejection_that_is_handled_after_all_is_told_to_who_was_told_of_it() {
    for (handles, expected) in [
        (
            "setTimeout(() => late.catch(() => {}), 5)",
            r#"["told","late",true,false,true,"handler","late"]"#,
        ),
        // Before the script is told, and while it is.
        ("late.catch(() => {})", "[]"),
        ("onunhandledrejection = (event) => { event.promise.catch(() => {}); return false }", "[]"),
    ] {
        let case = script(&format!(
            "const seen = []; let late;
             addEventListener('rejectionhandled', (event) => {{
               seen.push('told', event.reason, event.promise === late, event.cancelable, event.isTrusted);
             }});
             onrejectionhandled = (event) => {{ seen.push('handler', event.reason) }};
             addEventListener('test', (resolve) => {{
               late = Promise.reject('late');
               {handles};
               setTimeout(() => resolve(seen), 10);
             }})"
        ));
        assert_eq!(case.value(), expected, "{handles}");
    }
}

#[test]
fn d15_a_listener_that_throws_is_one_record_more_and_no_loop() {
    for body in [
        "onerror = () => { throw new Error('again') }; setTimeout(() => { throw new Error('first') })",
        "onunhandledrejection = () => { throw new Error('again') }; Promise.reject(new Error('first'))",
    ] {
        let logs = logs(body);
        assert_eq!(logs.len(), 2, "{logs:?}");
        assert!(logs[0].contains("again") && logs[1].contains("first"), "{logs:?}");
    }
}

#[test]
fn d15_a_dispatch_of_the_name_error_has_a_handler_and_no_listener() {
    let mut case = script(
        "addEventListener('error', (resolve) => {
           setTimeout(() => { throw new Error('lost') });
           setTimeout(() => resolve('handled'), 10);
         })",
    );
    case.request.event = "error".into();
    assert_eq!(case.value(), r#""handled""#);
    assert_eq!(case.host.log_lines().len(), 1);
}

/// Each code fails; its message, and no frame but the script's.
#[test]
fn d16_the_engines_messages_name_what_failed() {
    for (code, expected) in [
        ("const o = {}; o.bar()", "o.bar is not a function"),
        (
            "CapacitorKV.delete('k')",
            "CapacitorKV.delete is not a function: `CapacitorKV` has `set`, `get`, `remove`",
        ),
        (
            "resolve(CapacitorNotifications.getBadge())",
            "CapacitorNotifications.getBadge is not a function: `CapacitorNotifications` has `schedule`, `getPending`, `cancel`, `setBadge`, `clearBadge`",
        ),
        ("const o = {}; console.log(o.a())", "o.a is not a function"),
        ("const o = {}, x = 1; o.method(x, 'a', { b: x })", "o.method is not a function"),
        ("const o = { a: () => ({}) }; o.a().b()", "o.a().b is not a function"),
        ("const o = {}; o['x-y'](1)", "o['x-y'] is not a function"),
        ("const o = {}; o.then(() => { o.x() })", "o.then is not a function"),
        ("const o = {}, p = 1; o.each(p, () => { o.x() })", "o.each is not a function"),
        ("const t = 5; t`x`", "t is not a function"),
        ("const o = { a: 5 }; o.a?.()", "o.a is not a function"),
        ("[1].forEach((x) => x.y())", "x.y is not a function"),
        ("const o = {}; o.log(')', 'it\\'s', o.x)", "o.log is not a function"),
        ("const o = {}, p = { g() {} }; o.f(p.g())", "p.g or o.f is not a function"),
        ("const X = 5; new X()", "X is not a constructor"),
        ("const o = {}; new o.Thing(1)", "o.Thing is not a constructor"),
        ("const f = () => {}; new f()", "f is not a constructor"),
        ("const a = {}; a.b.c", "cannot read property 'c' of undefined (a.b)"),
        ("const a = { b: null }; a.b.c.d", "cannot read property 'c' of null (a.b)"),
        ("const a = { f() {} }; a.f().x", "cannot read property 'x' of undefined (a.f())"),
        ("const a = {}; a.b.c = 1", "cannot set property 'c' of undefined (a.b)"),
        (
            "const location = {}; location.coords.latitude",
            "cannot read property 'latitude' of undefined (location.coords): a position of `CapacitorGeolocation` has `latitude` and `longitude` itself",
        ),
        ("const o = {}; for (const x of o.list) {}", "undefined is not iterable (o.list)"),
        ("const o = { f: () => 5 }; for (const x of o.f(o)) {}", "o.f(o) is not iterable"),
        ("const o = 5; [...o]", "o is not iterable"),
        ("[1].map(5)", "not a function: `map` was given something else in its place"),
        (
            "window.x",
            "window is not defined: a runner has no page; the globals are in `globalThis`",
        ),
        (
            "localStorage.getItem('x')",
            "localStorage is not defined: `CapacitorKV` keeps texts here",
        ),
        (
            "require('x')",
            "require is not defined: this is not Node.js: bundle packages into the file, or `import` a file of its own",
        ),
        ("CapacitorKv.get('x')", "CapacitorKv is not defined: did you mean `CapacitorKV`?"),
        ("nowhere", "nowhere is not defined"),
        ("JSON.parse('<html>')", "unexpected token: '<' in JSON at line 1 column 1"),
        (
            "JSON.parse({})",
            "unexpected token: 'object' in JSON at line 1 column 2: the text is `[object Object]`, what an object reads as; `CapacitorKV.get` gives an object with the text in `value`",
        ),
        // What the script says itself stays as it is.
        ("throw new TypeError('not a function')", "not a function"),
        ("throw TypeError('not a function')", "not a function"),
        ("const e = (m) => new TypeError(m); throw e('not a function')", "not a function"),
        ("throw new URIError('expecting hex digit')", "expecting hex digit"),
        ("throw new ReferenceError('it is not defined')", "it is not defined"),
        // What cannot be told for sure stays unsaid.
        ("(true ? 5 : 6)()", "not a function"),
    ] {
        says(code, expected);
    }
}

#[test]
fn d16_the_engines_messages_name_what_is_taken_apart_or_called_on() {
    for (code, expected) in [
        // Patterns, and what they take apart.
        ("const o = {}; const [a] = o", "o is not iterable"),
        ("const o = {}; const [a] = o.list", "undefined is not iterable (o.list)"),
        ("let [a] = JSON.parse('5')", "JSON.parse('5') is not iterable"),
        ("((list) => { const [a] = list })(5)", "list is not iterable"),
        ("(([a]) => a)()", "undefined is not iterable (an argument)"),
        ("const u = undefined; const { q } = u", "cannot destructure undefined or null (u)"),
        ("const o = {}; let r; ({ q: { r } } = o)", "cannot destructure undefined or null"),
        ("const o = {}; const { r } = o.q", "cannot destructure undefined or null (o.q)"),
        (
            "((a, b) => { const { x } = a; const { y } = b; })({})",
            "cannot destructure undefined or null (a or b)",
        ),
        ("(({ a }) => a)()", "cannot destructure undefined or null (an argument)"),
        (
            "function f({ a }) { return a } f(null)",
            "cannot destructure undefined or null (an argument)",
        ),
        ("class A {} A()", "class constructors must be invoked with 'new': write `new A()`"),
        (
            "1n + 1",
            "cannot convert BigInt to number: arithmetic mixes no BigInts with numbers; `Number()` or `BigInt()` converts one of them",
        ),
        // Methods that are called on something else.
        (
            "Headers.prototype.get.call({}, 'a')",
            "illegal invocation: `Headers.prototype.get` was called on what is no `Headers`",
        ),
        (
            "Response.prototype.clone.call({})",
            "illegal invocation: `Response.prototype.clone` was called on what is no `Response`",
        ),
        (
            "new URL('a:b'); Object.getOwnPropertyDescriptor(URL.prototype, 'href').get.call(5)",
            "illegal invocation: `URL.prototype.href` was called on what is no `URL`",
        ),
        (
            "DOMException.prototype.name",
            "illegal invocation: `DOMException.prototype.name` was called on what is no `DOMException`",
        ),
        (
            "TextDecoder.prototype.decode.call({})",
            "illegal invocation: `TextDecoder.prototype.decode` was called on what is no `TextDecoder`",
        ),
        (
            "Crypto; crypto.randomUUID.call({})",
            "illegal invocation: `Crypto.prototype.randomUUID` was called on what is no `Crypto`",
        ),
        (
            "const { getRandomValues } = crypto; getRandomValues(new Uint8Array(1))",
            "illegal invocation: `getRandomValues` was called on what is no `Crypto`",
        ),
        (
            "class A { #x; static x(o) { return o.#x } } A.x({})",
            "private class field '#x' does not exist",
        ),
        ("Map.prototype.get.call({}, 1)", "Map object expected"),
        (
            "decodeURIComponent('%x')",
            "the text is no encoded URI: a `%` has no two hex digits behind it",
        ),
        (
            "new SharedArrayBuffer(0, { maxByteLength: 1 })",
            "a `SharedArrayBuffer` cannot grow here: leave out `maxByteLength`",
        ),
    ] {
        says(code, expected);
    }
}

/// The message of what code throws, whose stack shows the script alone.
#[track_caller]
fn says(code: &str, expected: &str) {
    let error = handler(code).failure();
    assert_eq!(error.message, expected, "{code}");
    let stack = error.stack.expect("a stack");
    assert!(stack.starts_with("    at ") && stack.contains("runner.js:1:"), "{code}: {stack}");
    assert!(!stack.contains("(native)") && !stack.contains("<input>"), "{code}: {stack}");
}

#[test]
fn d16_messages_are_the_same_when_the_runner_is_kept_compiled() {
    let text = format!(
        "/*{}*/\naddEventListener('test', () => {{ const o = {{}}; o.bar() }})",
        "x".repeat(9000)
    );
    let case = script(&text);
    let runner = case.runner();
    for kept in [false, true] {
        let error = runner.run(case.request.clone()).result.unwrap_err();
        assert_eq!(error.message, "o.bar is not a function", "kept {kept}");
    }
}

/// No method of an interface tells of our private fields, or works, on another kind of object.
#[test]
fn d16_every_method_says_that_it_was_called_on_something_else() {
    let case = script(
        "const wrong = [];
         const told = (name, error) => {
             if (!(error instanceof TypeError) || /private|brand|#|not an object/.test(error.message)) {
                 wrong.push(`${name}: ${error}`);
             }
         };
         addEventListener('test', async (resolve) => {
             for (const name of Object.getOwnPropertyNames(globalThis)) {
                 const prototype = globalThis[name]?.prototype;
                 if (!/^[A-Z]/.test(name) || !prototype || String(globalThis[name]).includes('NONE')) continue;
                 for (const key of Object.getOwnPropertyNames(prototype)) {
                     const { get, set, value } = Object.getOwnPropertyDescriptor(prototype, key);
                     for (const f of [get, set, value]) {
                         if (typeof f !== 'function' || key === 'constructor' || name in LANGUAGE) continue;
                         for (const receiver of [{}, 5]) {
                             try {
                                 const it = f.call(receiver, 'a', 'b', 'c');
                                 if (typeof it?.then === 'function') await it;
                                 wrong.push(`${name}.${key} on ${typeof receiver} works`);
                             } catch (error) { told(`${name}.${key}`, error) }
                         }
                     }
                 }
             }
             resolve(wrong);
         });
         const LANGUAGE = Object.fromEntries('Object Function Error AggregateError SuppressedError Array String Number Boolean Symbol Date RegExp Promise Iterator Proxy EvalError RangeError ReferenceError SyntaxError TypeError URIError InternalError'.split(' ').map((it) => [it, 1]));",
    );
    assert_eq!(case.value(), "[]");
}

/// Errors that our own JavaScript makes show where the script called it, and nothing of ours.
#[test]
fn d16_no_stack_shows_the_runtimes_own_frames() {
    for code in [
        "await fetch('/relative')",
        "await fetch('https://example.com/')",
        "new URL('nowhere')",
        "atob('%')",
        "structuredClone(() => {})",
        "new Headers({ 'a b': 'c' })",
        "new ReadableStream({}, { highWaterMark: -1 })",
        "AbortSignal.abort().throwIfAborted()",
        "const it = AbortSignal.timeout(1); await new Promise((done) => setTimeout(done, 5)); it.throwIfAborted()",
        "crypto.getRandomValues(5)",
        "new DOMException('m'), undefined.x",
        "[3, 1].sort(() => { throw new Error('m') })",
        "const f = () => f(); f()",
    ] {
        let case = script(&format!("addEventListener('test', async () => {{ {code} }})"));
        let error = case.host(|host| host.fetches = Box::new(|_, reply| drop(reply))).failure();
        let stack = error.stack.unwrap_or_default();
        assert!(stack.contains("runner.js:1:"), "{code}: {stack:?}");
        let ours =
            ["<null>", "(native)", "runner:", "(missing)"].iter().any(|it| stack.contains(it));
        assert!(!ours, "{code}: {stack}");
    }
}

#[test]
fn d16_a_script_prepares_its_own_stacks() {
    let body = "Error.prepareStackTrace = (error, sites) => sites.map((site) => site.getFileName()).join();
        let stack; try { new URL('nowhere') } catch (error) { ({ stack } = error) }
        Error.prepareStackTrace = undefined;
        const limits = [Error.stackTraceLimit];
        Error.stackTraceLimit = {}; Error.stackTraceLimit = {}; Error.stackTraceLimit = 1;
        const f = (n) => (n ? f(n - 1) : new Error('e').stack);
        limits.push(f(5).trim().split('\\n').length); Error.stackTraceLimit = 0; limits.push(f(5));
        resolve([stack, typeof Error.prepareStackTrace, ...limits])";
    assert_eq!(handler(body).value(), r#"["runner.js","undefined",10,1,""]"#);
}

#[test]
fn d13_what_resolve_cuts_off_is_said_once() {
    for (body, expected) in [
        (
            "fetch('https://example.com/a'); fetch('https://example.com/b', { method: 'POST' }); resolve()",
            "2 requests (GET https://example.com/a, POST https://example.com/b)",
        ),
        ("setTimeout(() => {}, 1000); resolve()", "1 timer"),
        (
            "setInterval(() => {}, 1000); setTimeout(() => {}, 1000); fetch('https://example.com/'); resolve()",
            "1 request (GET https://example.com/), 2 timers",
        ),
    ] {
        let case =
            handler(body).host(|host| host.fetches = Box::new(|_, reply| std::mem::forget(reply)));
        assert_eq!(case.value(), "no value");
        let logs = case.host.log_lines();
        let text = format!(
            "warn: `resolve()` was called while work was under way, which it cuts off: {expected}; `await` it before"
        );
        assert_eq!(logs, [text], "{body}");
    }
    for body in [
        "resolve()",
        "AbortSignal.timeout(1000); resolve()",
        "const id = setTimeout(() => {}, 1000); clearTimeout(id); resolve()",
        "setTimeout(() => {}, 1000); reject('no')",
        "queueMicrotask(() => {}); resolve()",
    ] {
        let case = handler(body);
        case.run();
        assert_eq!(case.host.log_lines(), [""; 0], "{body}");
    }
}
