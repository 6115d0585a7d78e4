//! The script's environment: one script for each standard in `web/`, run in the real runtime, and
//! the rules W1 to W7 of the contract that need a look from outside.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use background_runner::{
    FetchHead, FetchReply, FetchRequest, Host, HostCall, HostError, LogRecord, Outcome, Reply,
    Request, RunnerSpec, Settings,
};
use background_runner_tests::{our_javascript, root};

#[path = "web/support/hostile.rs"]
mod hostile;
#[path = "node/runner.rs"]
mod runner;

use runner::Runner;

/// Runs every `web/*.js` and shows all that failed.
#[test]
fn standards() {
    let harness = support("harness.js");
    run_scripts(|text| format!("{harness}\n{text}"));
}

/// Runs them again in a world where all that a script can replace is replaced, before the runtime's
/// own JavaScript is first used and after it (see `hostile.js`).
#[test]
fn w2_nothing_of_ours_calls_what_a_script_can_replace() {
    let (hostile, harness) = (support("hostile.js"), support("harness.js"));
    let names = serde_json::to_string(&names()).expect("names are texts");
    let end = "test('nothing of ours calls what a script can replace', () => {
        const calls = Object.keys(__h.calls);
        if (calls.length > 0) fail(calls.join('\\n        '));
    });";
    for is_used in [false, true] {
        run_scripts(|text| {
            let script = hostile::instrument(&format!("{harness}\n{text}\n{end}"));
            format!("{hostile}\n__h.begin({is_used}, {names});\n{script}")
        });
    }
}

/// Every name in the runtime's own JavaScript.
fn names() -> Vec<String> {
    let words = our_javascript().into_iter().flat_map(|(_, text)| {
        let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.filter(|word| *word != "__proto__").map(str::to_owned).collect::<Vec<_>>()
    });
    words.collect::<BTreeSet<_>>().into_iter().collect()
}

fn support(name: &str) -> String {
    fs::read_to_string(root().join("tests/web/support").join(name)).expect("it is there")
}

/// Runs what `prepare` makes of every script, and shows all that failed.
fn run_scripts(prepare: impl Fn(&str) -> String) {
    let mut scripts: Vec<_> = fs::read_dir(root().join("tests/web"))
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "js"))
        .filter(|path| {
            let wanted = env::var("BACKGROUND_RUNNER_WEB").ok();
            wanted.is_none_or(|wanted| path.file_stem().is_some_and(|name| *name == *wanted))
        })
        .collect();
    scripts.sort();
    assert!(!scripts.is_empty(), "there are no scripts");
    let failures: Vec<String> = scripts
        .iter()
        .filter_map(|path| {
            let text = fs::read_to_string(path).expect("it can be read");
            let world = World::new(&prepare(&text));
            let name = path.file_name().unwrap_or_default().display();
            match world.run().result {
                Ok(Some(json)) => report(&json).map(|report| format!("{name}:\n{report}")),
                other => Some(format!("{name}: {other:?}\n{}", world.host.lines().join("\n"))),
            }
        })
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// What a script of the harness says: none when all its tests passed.
fn report(json: &str) -> Option<String> {
    let result: serde_json::Value = serde_json::from_str(json).expect("the harness gives JSON");
    assert!(result["passed"].as_u64() > Some(0), "the script tests nothing: {json}");
    let failed = result["failed"].as_array().expect("a list");
    let lines = failed.iter().map(|line| format!("  {}", line.as_str().unwrap_or_default()));
    (!failed.is_empty()).then(|| lines.collect::<Vec<_>>().join("\n"))
}

/// A runner with one script, and what is seen of it from outside.
struct World {
    runner: Runner,
    host: Arc<Memory>,
}

impl World {
    /// A script as it is.
    fn new(text: &str) -> Self {
        let host = Arc::new(Memory { text: text.to_owned(), ..Memory::default() });
        let spec =
            RunnerSpec { label: "web".into(), src: "test.js".into(), ..RunnerSpec::default() };
        let settings =
            Settings { platform: "desktop".into(), runners: vec![spec], ..Settings::default() };
        let runner =
            Runner::new(settings, Arc::<Memory>::clone(&host)).expect("the settings are right");
        Self { runner, host }
    }

    /// A script that only handles `test`.
    fn handling(body: &str) -> Self {
        Self::new(&format!(
            "addEventListener('test', async (resolve, reject, args, context) => {{ {body} }});"
        ))
    }

    fn run(&self) -> Outcome {
        let request = Request { label: "web".into(), event: "test".into(), ..Request::default() };
        self.runner.run(request)
    }

    /// The JSON that the script resolved with.
    fn value(&self) -> String {
        match self.run().result {
            Ok(value) => value.unwrap_or_default(),
            Err(error) => panic!("{error:?}\n{}", self.host.lines().join("\n")),
        }
    }
}

/// A host that keeps the log, and answers `http://server.test/`.
#[derive(Default)]
struct Memory {
    text: String,
    records: Mutex<Vec<(String, String)>>,
    requests: Mutex<Vec<FetchRequest>>,
    cancelled: Arc<Mutex<Vec<String>>>,
}

impl Memory {
    fn lines(&self) -> Vec<String> {
        let records = self.records.lock().expect("nobody panicked");
        records.iter().map(|(level, text)| format!("{level}: {text}")).collect()
    }

    fn texts(&self) -> Vec<String> {
        let records = self.records.lock().expect("nobody panicked");
        records.iter().map(|(_, text)| text.clone()).collect()
    }
}

impl Host for Memory {
    fn load(&self, _path: &str, reply: Reply) {
        reply.ok(self.text.clone());
    }

    fn call(&self, call: HostCall, reply: Reply) {
        reply.fail(HostError::new("UNAVAILABLE", format!("there is no `{}`", call.api)));
    }

    fn fetch(&self, request: FetchRequest, reply: FetchReply) {
        self.requests.lock().expect("nobody panicked").push(request.clone());
        let cancelled = Arc::clone(&self.cancelled);
        let url = request.url.clone();
        reply.on_cancel(move || cancelled.lock().expect("nobody panicked").push(url));
        thread::spawn(move || answer(&request, reply));
    }

    fn log(&self, record: &LogRecord<'_>) {
        let record = (record.level.to_string(), record.text.to_owned());
        self.records.lock().expect("nobody panicked").push(record);
    }
}

/// The server: the path says what happens.
fn answer(request: &FetchRequest, reply: FetchReply) {
    let path = request.url.strip_prefix("http://server.test").unwrap_or_default();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let head = |status, headers: &[(&str, &str)]| FetchHead {
        status,
        status_text: if status == 200 { "OK".into() } else { String::new() },
        url: request.url.clone(),
        redirected: false,
        headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
    };
    match path {
        "/echo" => {
            reply.head(head(
                200,
                &[("content-type", "application/json"), ("x-two", "1"), ("x-two", "2")],
            ));
            let headers: BTreeMap<_, _> = request.headers.iter().cloned().collect();
            let body =
                String::from_utf8_lossy(request.body.as_deref().unwrap_or_default()).into_owned();
            let echo = serde_json::json!({
                "method": request.method, "headers": headers, "body": body,
                "hasBody": request.body.is_some(), "redirect": request.redirect,
            });
            reply.chunk(echo.to_string());
            reply.done();
        }
        "/status" => {
            reply.head(head(query.parse().unwrap_or(200), &[]));
            reply.done();
        }
        "/bytes" => {
            reply.head(head(200, &[("content-type", "application/octet-stream")]));
            for chunk in [&[0_u8, 1, 2][..], &[], &[253, 254, 255]] {
                reply.chunk(chunk);
            }
            reply.done();
        }
        "/multipart" => {
            reply.head(head(200, &[("content-type", "multipart/form-data; boundary=xyz")]));
            reply.chunk(
                "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--xyz\r\n\
                Content-Disposition: form-data; name=\"f\"; filename=\"n.txt\"\r\n\
                Content-Type: text/x\r\n\r\nline\r\n\r\n--xyz--\r\n",
            );
            reply.done();
        }
        "/slow" => {
            thread::sleep(Duration::from_millis(60));
            reply.head(head(200, &[]));
            reply.chunk("slow");
            reply.done();
        }
        "/never" => {
            while !reply.is_cancelled() {
                thread::sleep(Duration::from_millis(1));
            }
        }
        "/stalled" => {
            reply.head(head(200, &[]));
            while !reply.is_cancelled() {
                thread::sleep(Duration::from_millis(1));
            }
        }
        "/half" => {
            reply.head(head(200, &[]));
            reply.chunk("half");
            reply.fail(HostError::new("CONNECTION_LOST", "the connection broke"));
        }
        "/dropped" => drop(reply),
        _ => reply.fail(HostError::new("REFUSED", "connection refused")),
    }
}

// ---- the rules --------------------------------------------------------------------------------

#[test]
fn w1_the_environment_has_the_seeds_list() {
    let names = "['console', 'TextEncoder', 'TextDecoder', 'addEventListener', 'setTimeout', \
        'setInterval', 'clearTimeout', 'clearInterval', 'crypto']";
    let body =
        format!("resolve({names}.filter((name) => typeof globalThis[name] === 'undefined'))");
    assert_eq!(World::handling(&body).value(), "[]");
}

#[test]
fn w2_the_minimum_common_api_is_there() {
    let names = "AbortController AbortSignal Blob ByteLengthQueuingStrategy CompressionStream \
        CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DecompressionStream ErrorEvent \
        Event EventTarget File FileReader FormData Headers MessageChannel MessageEvent MessagePort Performance \
        ProgressEvent PromiseRejectionEvent QuotaExceededError ReadableByteStreamController ReadableStream ReadableStreamBYOBReader \
        ReadableStreamBYOBRequest ReadableStreamDefaultController ReadableStreamDefaultReader Request \
        Response SubtleCrypto TextDecoder TextDecoderStream TextEncoder TextEncoderStream \
        TransformStream TransformStreamDefaultController URL URLPattern URLSearchParams WritableStream \
        WritableStreamDefaultController WritableStreamDefaultWriter atob btoa clearInterval \
        clearTimeout console crypto fetch globalThis navigator performance queueMicrotask reportError \
        self setInterval setTimeout structuredClone";
    let body = format!(
        "resolve('{names}'.split(/ +/).filter((name) => !Object.hasOwn(globalThis, name) || globalThis[name] === undefined))"
    );
    assert_eq!(World::handling(&body).value(), "[]");
}

#[test]
fn w2_exceptions_are_of_one_class_whatever_its_name_holds() {
    let thrown = "(() => { try { structuredClone(() => {}) } catch (error) { return error } })()";
    let cases = [
        // Thrown before anybody asks for the class.
        (
            "",
            "error instanceof DOMException && Object.getOwnPropertyDescriptor(globalThis, 'DOMException').writable",
        ),
        (
            "globalThis.DOMException = Array;",
            "error instanceof Error && !(error instanceof Array) && DOMException === Array",
        ),
        (
            "Object.defineProperty(globalThis, 'DOMException', { get: () => 1 });",
            "error.name === 'DataCloneError' && globalThis.DOMException === 1",
        ),
        (
            "delete globalThis.DOMException;",
            "error.name === 'DataCloneError' && !('DOMException' in globalThis)",
        ),
        (
            "const { DOMException: Own } = globalThis;",
            "error instanceof Own && error.constructor === Own && Own === DOMException",
        ),
        ("Object.freeze(globalThis);", "error instanceof Error && error.code === 25"),
    ];
    for (before, holds) in cases {
        let body = format!("{before} const error = {thrown}; resolve({holds})");
        assert_eq!(World::handling(&body).value(), "true", "{body}");
    }
}

#[test]
fn w2_standards_survive_replaced_built_ins() {
    let body = "
        const thrower = () => { throw new Error('replaced') };
        const { ownKeys } = Reflect;
        const holders = [Array.prototype, Map.prototype, Set.prototype, WeakMap.prototype, String.prototype,
            Uint8Array.prototype, RegExp.prototype, Object, Reflect, JSON, Math, Number];
        for (let i = 0; i < holders.length; i++) {
            const keys = ownKeys(holders[i]);
            for (let j = 0; j < keys.length; j++) {
                if (keys[j] === 'constructor' || typeof keys[j] === 'symbol') continue;
                try { holders[i][keys[j]] = thrower } catch {}
            }
        }
        globalThis.Map = globalThis.Symbol = globalThis.Uint8Array = globalThis.TypeError = undefined;
        const url = new URL('http://server.test/echo');
        url.searchParams.append('a', '1');
        const headers = new Headers({ B: '2' });
        headers.append('b', '3');
        const response = await fetch(url, { method: 'POST', headers, body: new Blob(['x']) });
        const echo = await response.text();
        const reader = new Blob(['abc']).stream().getReader();
        const { value } = await reader.read();
        const digest = await crypto.subtle.digest('SHA-256', value);
        resolve({ href: url.href, combined: headers.get('b'), echoed: echo.length > 20, length: value.length,
            digest: digest.byteLength, clone: structuredClone({ a: 1 }) });";
    let expected = r#"{"href":"http://server.test/echo?a=1","combined":"2, 3","echoed":true,"length":3,"digest":32,"clone":{"a":1}}"#;
    assert_eq!(World::handling(body).value(), expected);
}

#[test]
fn w3_a_global_is_a_data_property_for_all_that_a_script_can_tell() {
    // What a script does with a global `name` and what it sees of it: the same as with a data property.
    let acts = [
        "own(name)",
        "described(Object.getOwnPropertyDescriptors(globalThis)[name])",
        "described(Reflect.getOwnPropertyDescriptor(globalThis, name))",
        "described(Object.getOwnPropertyDescriptor(globalThis, { toString: () => name }))",
        "[globalThis.__lookupGetter__(name), globalThis.__lookupSetter__(name)]",
        "(globalThis[name], own(name))",
        "(globalThis[name] = 1, own(name))",
        "strict(() => { globalThis[name] = 1 }) + own(name)",
        "(Object.defineProperty(globalThis, name, { value: 1 }), own(name))",
        "Reflect.defineProperty(globalThis, name, { value: 1 }) + own(name)",
        "(Object.defineProperties(globalThis, { [name]: { value: 1 } }), own(name))",
        "(Object.defineProperty(globalThis, name, { enumerable: true }), own(name))",
        "(Object.defineProperty(globalThis, name, { writable: false }), own(name))",
        "(Object.defineProperty(globalThis, name, { configurable: false }), globalThis[name] = 2, own(name))",
        "(Object.defineProperty(globalThis, name, {}), own(name))",
        "(Object.defineProperty(globalThis, name, { get: () => 1 }), globalThis[name] = 2, own(name))",
        "(Object.defineProperty(globalThis, name, { set() {} }), globalThis[name] = 2, own(name))",
        "(globalThis.__defineGetter__(name, () => 1), globalThis[name] = 2, own(name))",
        "(globalThis.__defineSetter__(name, () => 1), globalThis[name] = 2, own(name))",
        "inherits((heir) => { heir[name] = 1 }, name)",
        "inherits((heir) => { Object.defineProperty(heir, name, { value: 0, writable: true }); heir[name] = 1 }, name)",
        "inherits((heir) => { Object.defineProperty(heir, name, { value: 0 }); heir[name] = 1 }, name)",
        "inherits((heir) => { Object.defineProperty(heir, name, { get: () => 3 }); heir[name] = 1 }, name)",
        "inherits((heir) => { Object.freeze(heir); heir[name] = 1 }, name)",
        "inherits((heir) => { heir[name] }, name)",
        "inherits((heir) => { heir[name] = heir[name] }, name)",
        "inherits((heir) => { delete heir[name] }, name)",
        "(() => { const to = {}; return Reflect.set(globalThis, name, 1, to) + shown(to[name]) + own(name) })()",
        "(() => { const proxy = new Proxy(globalThis, {}); proxy[name] = 1; return own(name) })()",
        "(() => { const proxy = new Proxy(globalThis, {}); return shown(proxy[name]) + (name in proxy) + own(name) })()",
        "(() => { class Scope { set() { super[name] = 1 } } Object.setPrototypeOf(Scope.prototype, globalThis); const to = new Scope(); to.set(); return Object.hasOwn(to, name) + own(name) })()",
        "(delete globalThis[name]) + own(name) + (name in globalThis) + typeof globalThis[name]",
        "[Object.keys(globalThis).includes(name), globalThis.propertyIsEnumerable(name), Object.hasOwn(globalThis, name)]",
        "(() => { const keys = []; for (const key in globalThis) keys.push(key); return keys.includes(name) })()",
        "Object.entries({ ...globalThis }).some(([key]) => key === name)",
        "(Object.seal(globalThis), globalThis[name] = 1, own(name) + strict(() => delete globalThis[name]))",
        "(Object.freeze(globalThis), globalThis[name] = 1, own(name) + strict(() => { globalThis[name] = 2 }))",
        "(Object.freeze(globalThis), inherits((heir) => { heir[name] = 1 }, name))",
        "(Object.preventExtensions(globalThis), globalThis[name] = 1, own(name))",
        "((0, eval)(`var ${name};`), own(name))",
        "((0, eval)(`var ${name} = 1;`), own(name))",
        "((0, eval)(`function ${name}() { return 1 }`), own(name))",
        "((0, eval)(`${name} = 1`), own(name))",
        "(0, eval)(`typeof ${name}`) !== 'undefined'",
        "(0, eval)(`'use strict'; { let ${name} = 1; ${name} }`) + own(name)",
        "(() => { with (globalThis) { return (0, eval)(`${name} = 1`) + own(name) } })()",
        "described(Object.getOwnPropertyDescriptor(structuredLike(globalThis), name))",
    ];
    let failures: Vec<String> = acts
        .iter()
        .filter_map(|act| {
            let body = format!("{TWINS} const act = (name) => String({act}); {COMPARE}");
            let value = World::new(&body).value();
            (value != "[]").then(|| format!("{act}: {value}"))
        })
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn w3_a_polyfill_that_looks_for_the_native_fetch_finds_it() {
    // As `cross-fetch` does it: a scope that inherits from the global object has a `fetch` of its own,
    // and is given up when there is a native one.
    let body = "
        function Scope() { this.fetch = false; this.DOMException = globalThis.DOMException; }
        Scope.prototype = globalThis;
        const scope = new Scope();
        (function (root) {
            const own = () => Promise.reject(new Error('not the native one'));
            own.polyfill = true;
            if (!root.fetch) { root.fetch = own; root.Headers = class {}; root.Request = class {}; root.Response = class {}; }
        })(scope);
        scope.fetch.ponyfill = true;
        delete scope.fetch.polyfill;
        const { fetch: used, Headers: headers } = globalThis.fetch ? globalThis : scope;
        const viaScope = await (await used('http://server.test/echo', { headers: new headers({ a: 'b' }) })).json();
        const native = await (await fetch('http://server.test/echo')).json();
        resolve([typeof fetch, viaScope.headers.a, native.method, Object.hasOwn(scope, 'fetch'), scope.fetch === fetch, Headers === scope.Headers]);";
    let expected = r#"["function","b","GET",true,false,false]"#;
    assert_eq!(World::handling(body).value(), expected);
}

#[test]
fn w3_whatever_leads_to_a_description_shows_a_data_property() {
    let cases = [
        ("typeof Object.getOwnPropertyDescriptor(globalThis, 'fetch').value", "\"function\""),
        ("typeof Reflect.getOwnPropertyDescriptor(globalThis, 'fetch').value", "\"function\""),
        (
            "typeof ({}).constructor.getOwnPropertyDescriptor(globalThis, 'fetch').value",
            "\"function\"",
        ),
        ("String(globalThis.__lookupGetter__('fetch'))", "\"undefined\""),
        ("String(Object.create(globalThis).__lookupSetter__('fetch'))", "\"undefined\""),
        (
            "(() => { const a = Object.create({ get x() { return 1 }, set x(v) {} }); return [a.__lookupGetter__('x').name, a.__lookupSetter__('x').name, typeof a.__lookupGetter__('y')] })()",
            "[\"get x\",\"set x\",\"undefined\"]",
        ),
        (
            "[1, null, 'x'].map((it) => { try { ({}).__defineSetter__('x', it) } catch (e) { return e.name } })",
            "[\"TypeError\",\"TypeError\",\"TypeError\"]",
        ),
        ("(globalThis.__defineGetter__('fetch', () => 1), globalThis.fetch = 2, fetch)", "1"),
        (
            "(delete globalThis.Object, typeof ({}).constructor.getOwnPropertyDescriptor(globalThis, 'fetch').value + typeof Object)",
            "\"functionundefined\"",
        ),
        ("(globalThis.Object = 1, [Object, typeof ({}).constructor.keys])", "[1,\"function\"]"),
        ("(globalThis.Reflect = 1, [Reflect, typeof Object.keys])", "[1,\"function\"]"),
        (
            "(() => { const heir = Object.create(globalThis); heir.Reflect = 1; return [heir.Reflect, typeof Reflect] })()",
            "[1,\"object\"]",
        ),
        (
            "(() => { const heir = {}; heir.constructor = 1; return [heir.constructor, typeof ({}).constructor] })()",
            "[1,\"function\"]",
        ),
        (
            "(() => { class A {} return [new A().constructor === A, ({}).constructor === Object, {}.constructor.name] })()",
            "[true,true,\"Object\"]",
        ),
        (
            "['Object', 'Reflect'].map((name) => Object.getOwnPropertyDescriptor(globalThis, name)).map((own) => [typeof own.value, own.writable, own.enumerable, own.configurable])",
            "[[\"function\",true,false,true],[\"object\",true,false,true]]",
        ),
        (
            "['constructor', '__defineGetter__', '__lookupSetter__'].map((name) => Object.getOwnPropertyDescriptor(Object.prototype, name)).map((own) => [typeof own.value, own.value.length, own.enumerable])",
            "[[\"function\",1,false],[\"function\",2,false],[\"function\",1,false]]",
        ),
        (
            "[Object.defineProperty.name, Object.defineProperty.length, String(Object.freeze).includes('[native code]')]",
            "[\"defineProperty\",3,true]",
        ),
        (
            "(() => { try { Object.defineProperty(1, 'x', {}) } catch (error) { return error instanceof TypeError } })()",
            "true",
        ),
        (
            "(() => { let count = 0; Object.defineProperty(globalThis, { toString() { count++; return 'fetch' } }, {}); return count })()",
            "1",
        ),
    ];
    for (act, expected) in cases {
        let world = World::handling(&format!("resolve({act})"));
        assert_eq!(world.value(), expected, "{act}");
    }
}

/// Each global of ours has a twin, a data property as a script would define it.
const TWINS: &str = "
    const shown = (value) => (Object(value) === value ? 'object' : String(value));
    const described = (own) => (own === undefined ? 'none' : Object.keys(own).map((key) => key + '=' + shown(own[key])).join(' '));
    const own = (name) => described(Object.getOwnPropertyDescriptor(globalThis, name));
    const structuredLike = (of) => new Proxy(of, { getOwnPropertyDescriptor: Reflect.getOwnPropertyDescriptor });
    const strict = (body) => { try { (0, eval)('(body) => { \"use strict\"; return body }')(body)(); return 'done' } catch (error) { return error.name } };
    const inherits = (use, name) => {
        const heir = Object.create(globalThis);
        let thrown = '';
        try { use(heir) } catch (error) { thrown = error.name }
        return [thrown, described(Object.getOwnPropertyDescriptor(heir, name)), shown(heir[name]), own(name)].join('; ');
    };
    // `Iterator` and `Array` are among the language's own: they have always been what they are.
    const ours = Object.getOwnPropertyNames(globalThis).filter((name) => /^(atob|btoa|fetch|console|crypto|navigator|performance|reportError|structuredClone|(set|clear)(Timeout|Interval)|Capacitor.*|.*(Stream|Event|Reader|Writer|Controller|Request|Strategy|Encoder|Decoder|Channel|Port|Key|Crypto|Headers|Response|Signal|Target|Blob|File|FormData|URL|URLSearchParams|URLPattern|DOMException|Navigator|Performance))$/.test(name));
    const twin = (name) => `$${name}`;
    for (const name of ours) {
        Object.defineProperty(globalThis, twin(name), { value() {}, writable: true, enumerable: false, configurable: true });
    }
";

/// Has both act, and tells where they differ.
const COMPARE: &str = "
    addEventListener('test', (resolve) => {
        const plain = (text) => text.replaceAll('$', '');
        const different = [];
        for (const name of ours) {
            const [got, expected] = [act(name), act(twin(name))];
            if (plain(got) !== plain(expected)) different.push(`${name}: ${got}, not ${expected}`);
        }
        resolve(ours.length < 60 ? ['too few'] : different.slice(0, 3));
    });";

#[test]
fn w3_a_script_may_put_its_own_in_the_place_of_any_api() {
    let body = "globalThis.TextEncoder = 1; globalThis.console = { mine: true };
        resolve([TextEncoder, console.mine, typeof TextDecoder])";
    assert_eq!(World::handling(body).value(), r#"[1,true,"function"]"#);
}

#[test]
fn w4_waiting_sleeps_and_keeps_the_order() {
    let body = "
        const order = [];
        setTimeout((...rest) => order.push('30', ...rest), 30, 'a', 'b');
        setTimeout(() => order.push('10'), 10);
        setTimeout(() => { order.push('0'); Promise.resolve().then(() => order.push('micro')); });
        setTimeout(() => order.push('0 again'), 0);
        setTimeout(() => resolve(order), 40);";
    let begin = Instant::now();
    let world = World::handling(body);
    assert_eq!(world.value(), r#"["0","micro","0 again","10","30","a","b"]"#);
    assert!(begin.elapsed() >= Duration::from_millis(40));
}

#[test]
fn w4_a_timer_can_clear_itself_and_any_function_clears_any_timer() {
    let body = "
        let count = 0;
        const own = setInterval(() => { if (++count === 3) clearTimeout(own); }, 1);
        clearInterval(setTimeout(() => { count = 100; }, 1));
        clearTimeout(12345); clearTimeout(undefined); clearTimeout('x'); clearTimeout({});
        setTimeout(() => resolve(count), 40.7);";
    assert_eq!(World::handling(body).value(), "3");
}

#[test]
fn w5_an_aborted_fetch_is_cancelled_at_the_host() {
    let world = World::handling(
        "const controller = new AbortController();
         const pending = fetch('http://server.test/never', { signal: controller.signal });
         setTimeout(() => controller.abort(), 5);
         await pending.catch((error) => resolve(error.name));",
    );
    assert_eq!(world.value(), r#""AbortError""#);
    let cancelled = world.host.cancelled.lock().expect("nobody panicked");
    assert_eq!(*cancelled, ["http://server.test/never"]);
}

#[test]
fn w5_the_host_gets_a_complete_request() {
    let world = World::handling(
        "await fetch('http://Server.test/echo?q=ä#fragment', {
             method: 'put', headers: { 'X-Own': 'a' }, body: new Uint8Array([1, 2, 255]).subarray(1), redirect: 'error',
         });
         resolve()",
    );
    world.value();
    let requests = world.host.requests.lock().expect("nobody panicked");
    let [request] = &requests[..] else { panic!("{} requests", requests.len()) };
    assert_eq!(request.url, "http://server.test/echo?q=%C3%A4");
    assert_eq!((request.method.as_str(), request.redirect.as_str()), ("PUT", "error"));
    assert_eq!(request.body.as_deref(), Some(&[2, 255][..]));
    assert!(request.headers.contains(&("x-own".into(), "a".into())), "{:?}", request.headers);
}

#[test]
fn w6_values_are_shown_as_developers_know_them() {
    let cases = [
        ("1, 'a', true, null, undefined, -0, 1n", "1 a true null undefined -0 1n"),
        (
            "{ a: 1, 'b-c': 'it\\'s', [Symbol('s')]: [] }",
            r#"{ a: 1, 'b-c': "it's", [Symbol(s)]: [] }"#,
        ),
        ("{ a: { b: { c: { d: 1 } } } }", "{ a: { b: { c: [Object] } } }"),
        ("[1, , 3, , ,]", "[ 1, <1 empty item>, 3, <2 empty items> ]"),
        ("new Map([['k', { v: 1 }]]), new Set([1])", "Map(1) { 'k' => { v: 1 } } Set(1) { 1 }"),
        (
            "new Uint8Array([1, 2]), new ArrayBuffer(2)",
            "Uint8Array(2) [ 1, 2 ] ArrayBuffer { [Uint8Contents]: <00 00>, byteLength: 2 }",
        ),
        ("new Date(0), /a/g", "1970-01-01T00:00:00.000Z /a/g"),
        (
            "new (class Foo { a = 1 })(), Object.create(null)",
            "Foo { a: 1 } [Object: null prototype] {}",
        ),
        (
            "function f() {}, () => {}, class A {}, class B extends Map {}",
            "[Function: f] [Function (anonymous)] [class A] [class B extends Map]",
        ),
        (
            "{ get a() { return 1 }, set a(v) {}, get b() { return 1 }, set c(v) {} }",
            "{ a: [Getter/Setter], b: [Getter], c: [Setter] }",
        ),
        ("(() => { const o = {}; o.o = o; return o })()", "<ref *1> { o: [Circular *1] }"),
        (
            "new Proxy([1], {}), new Number(3), new String('s'), Object(Symbol('x'))",
            "[ 1 ] [Number: 3] [String: 's'] [Symbol: Symbol(x)]",
        ),
        ("Promise.resolve(4), new WeakMap()", "Promise { 4 } WeakMap { <items unknown> }"),
        (
            "'%s is %d, %i, %f, %j %o %O%c %%', 'x', 4.5, 4.5, '1.5', { a: 1 }, [1], { b: 2 }, 'css', 'more'",
            r#"x is 4.5, 4, 1.5, {"a":1} [ 1, [length]: 1 ] { b: 2 } % more"#,
        ),
        (
            "Array.from({ length: 101 }, () => 1).length, Array.from({ length: 7 }, (_, i) => i)",
            "101 [\n  0, 1, 2, 3,\n  4, 5, 6\n]",
        ),
    ];
    for (script, expected) in cases {
        let world = World::handling(&format!("console.log({script}); resolve()"));
        world.value();
        assert_eq!(world.host.texts(), [expected], "{script}");
    }
}

#[test]
fn w6_an_error_shows_its_stack_its_members_and_its_cause() {
    let world = World::handling(
        "console.error(Object.assign(new TypeError('outer', { cause: new Error('inner') }), { code: 'E1' })); resolve()",
    );
    world.value();
    let texts = world.host.texts();
    let text = &texts[0];
    assert!(text.starts_with("TypeError: outer\n    at "), "{text}");
    assert!(text.contains("test.js:1:"), "{text}");
    assert!(text.contains("code: 'E1'") && text.contains("[cause]: Error: inner\n"), "{text}");
}

#[test]
fn w6_the_rest_of_the_console() {
    let world = World::handling(
        "console.count(); console.count('a'); console.count(); console.countReset(); console.count();
         console.group('outer'); console.log('in\\nside'); console.groupEnd(); console.log('out');
         console.assert(true, 'never'); console.assert(false, 'why %s', 1); console.assert();
         console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });
         console.table([{ a: 1, b: 'x' }, { a: 2 }]); console.table(5);
         console.countReset('unknown'); console.timeEnd('unknown'); resolve()",
    );
    world.value();
    let table = "┌─────────┬───┬─────┐\n│ (index) │ a │ b   │\n├─────────┼───┼─────┤\n\
                 │ 0       │ 1 │ 'x' │\n│ 1       │ 2 │     │\n└─────────┴───┴─────┘";
    let expected = [
        "log: default: 1".to_owned(),
        "log: a: 1".to_owned(),
        "log: default: 2".to_owned(),
        "log: default: 1".to_owned(),
        "log: outer".to_owned(),
        "log:   in\n  side".to_owned(),
        "log: out".to_owned(),
        "error: Assertion failed: why 1".to_owned(),
        "error: Assertion failed".to_owned(),
        "log: { a: [Object] }".to_owned(),
        format!("log: {table}"),
        "log: 5".to_owned(),
        "warn: Count for 'unknown' does not exist".to_owned(),
        "warn: No such label 'unknown'".to_owned(),
    ];
    assert_eq!(world.host.lines(), expected);
}

#[test]
fn w6_one_call_makes_one_record_with_its_level() {
    let world = World::handling(
        "for (const level of ['debug', 'log', 'info', 'warn', 'error']) console[level](level, 1, { a: [true] });
         console.log('two\\nlines'); console.log(); resolve()",
    );
    world.value();
    let expected = [
        "debug: debug 1 { a: [ true ] }",
        "log: log 1 { a: [ true ] }",
        "info: info 1 { a: [ true ] }",
        "warn: warn 1 { a: [ true ] }",
        "error: error 1 { a: [ true ] }",
        "log: two\nlines",
        "log: ",
    ];
    assert_eq!(world.host.lines(), expected);
}

#[test]
fn w6_nothing_that_is_logged_throws() {
    let hostile = [
        "Symbol('s')",
        "({ get a() { throw 1 } })",
        "new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 }, getPrototypeOf() { throw 3 } })",
        "(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })()",
        "({ [Symbol.toStringTag]: { toString() { throw 1 } } })",
        "({ get [Symbol.toStringTag]() { throw 1 } })",
        "({ get constructor() { throw 1 } })",
        "Object.defineProperty(new Error('x'), 'stack', { get() { throw 1 } })",
        "Object.defineProperty(new Error('x'), 'message', { get() { throw 1 } })",
        "({ [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('mine') } })",
        "({ toString() { throw 1 }, valueOf() { throw 2 }, toJSON() { throw 3 } })",
        "Object.create(null)",
        "1n",
    ];
    let calls: Vec<String> = hostile
        .iter()
        .map(|value| {
            format!("console.log({value}); console.log('%s %d %i %f %j %o %O', {value}, {value}, {value}, {value}, {value}, {value}, {value});")
        })
        .collect();
    let world = World::handling(&format!("{} resolve('done')", calls.join("\n")));
    assert_eq!(world.value(), r#""done""#);
    assert_eq!(world.host.lines().len(), hostile.len() * 2);
}

#[test]
fn w6_replaced_built_ins_do_not_change_what_is_logged() {
    let world = World::handling(
        "const { ownKeys } = Reflect;
         const holders = [Array.prototype, Map.prototype, Object, Reflect, String.prototype, Function.prototype];
         for (let i = 0; i < holders.length; i++) {
             const keys = ownKeys(holders[i]);
             for (let j = 0; j < keys.length; j++) {
                 if (keys[j] === 'constructor') continue;
                 try { holders[i][keys[j]] = () => { throw new Error('replaced') } } catch {}
             }
         }
         globalThis.Map = globalThis.Symbol = globalThis.JSON = undefined;
         console.log({ a: [1, 'two', new Date(0)] }, '%');
         resolve()",
    );
    world.value();
    assert_eq!(world.host.texts(), ["{ a: [ 1, 'two', 1970-01-01T00:00:00.000Z ] } %"]);
}

#[test]
fn w7_random_values_fill_exactly_the_view_they_are_given() {
    let body = "
        const all = new Uint8Array(64);
        const same = crypto.getRandomValues(all.subarray(16, 48));
        const filled = (part) => part.some((byte) => byte !== 0);
        const errors = [() => crypto.getRandomValues(new Uint8Array(65537)),
            () => crypto.getRandomValues(new Float32Array(1)), () => crypto.getRandomValues([])]
            .map((call) => { try { call(); return 'none' } catch (error) { return error.name } });
        crypto.getRandomValues(new Uint8Array(65536));
        const ids = Array.from({ length: 100 }, () => crypto.randomUUID());
        const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
        resolve([same.byteOffset, filled(all.subarray(0, 16)), filled(all.subarray(16, 48)),
            filled(all.subarray(48)), errors, ids.every((id) => form.test(id)), new Set(ids).size]);";
    let expected =
        r#"[16,false,true,false,["QuotaExceededError","TypeMismatchError","TypeError"],true,100]"#;
    assert_eq!(World::handling(body).value(), expected);
}
