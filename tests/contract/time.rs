//! What a dispatch leaves behind when its time is over (D10, D11, D13, D14): no thread at work, nothing
//! that reaches the host, and no structure whose time grows with the square of what a script puts in.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use background_runner::{Code, FetchHead, Outcome};

use crate::host::{Case, TestHost, handler, script};

const SOON: Duration = Duration::from_millis(60);

/// What a busy machine may need for what takes no time on another one.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs until the deadline, and waits for the dispatch's thread to be gone.
fn outlives(case: &Case) -> Option<String> {
    let code = case.run().result.err().map(|error| error.code);
    if code.is_none_or(|code| code != Code::DeadlineExceeded && code != Code::OutOfMemory) {
        return Some(format!("ended with {code:?}"));
    }
    let until = Instant::now() + PATIENCE;
    while Arc::strong_count(&case.host) > 1 {
        if Instant::now() > until {
            return Some("its thread is still at work".to_owned());
        }
        thread::sleep(Duration::from_millis(1));
    }
    None
}

/// Built-ins that go through something of a giant length, and what makes a script call them.
const GIANTS: &[&str] = &[
    "[].join.call(LIKE, '')",
    "[].join.call(new Proxy(LIKE, {}), '')",
    "[].join.call(Object.create(LIKE), '')",
    "[].join.call({ get length() { return 2 ** 53 - 1 } }, '')",
    "[].join.call({ length: { valueOf: () => 2 ** 53 - 1 } }, '')",
    "[].join.call(Object.setPrototypeOf(new Uint8Array(8), LIKE), '')",
    "(function () { arguments.length = 2 ** 53 - 1; [].join.call(arguments) })()",
    "[].toString.call({ ...LIKE, join: [].join })",
    "[].toLocaleString.call(LIKE)",
    "[].concat({ ...LIKE, [Symbol.isConcatSpreadable]: true })",
    "[].concat(new Array(2 ** 32 - 1))",
    "new Array(2 ** 32 - 1).concat([1])",
    "[].reverse.call(LIKE)",
    "[].copyWithin.call(LIKE, 0, 1)",
    "[].shift.call(LIKE)",
    "[].unshift.call({ length: 2 ** 53 - 3 }, 1)",
    "[].splice.call(LIKE, 0, 1)",
    "[].sort.call(LIKE)",
    "[].flat.call(LIKE)",
    "[].flatMap.call(LIKE, (x) => x)",
    "[].slice.call({ length: 2 ** 32 - 1 })",
    "[].fill.call(Object.defineProperty(new Uint8Array(8), 'length', { value: 2 ** 53 - 1 }), 0)",
    "[].indexOf.call(LIKE, 1)",
    "[].forEach.call(LIKE, () => {})",
    "String.raw({ raw: LIKE })",
    "new Set(new Array(2 ** 32 - 1))",
    "for (;;) { try { [].join.call(LIKE) } catch {} }",
];

/// Loops around what the engine does not interrupt, none of which takes long by itself.
const LOOPS: &[&str] = &[
    "const a = Array.from({ length: 40000 }, (_, i) => String(i * 7919 % 40009)); for (;;) a.sort().reverse()",
    "const u = new Float64Array(400000).map((_, i) => i * 7919 % 40009); for (;;) { u.sort(); u.reverse() }",
    "const s = 'x'.repeat(3e6); for (;;) s.indexOf('y')",
    "const s = 'x'.repeat(3e6); for (;;) { try { s.indexOf('y') } catch {} }",
    "const a = 2n ** 500000n - 1n; for (;;) a * a",
    "const a = 2n ** 500000n - 1n; for (;;) { try { a * a } catch {} }",
    "const t = JSON.stringify(new Array(50000).fill(1)); for (;;) JSON.parse(t)",
    "let s = 'x'; for (;;) s = (s + s).slice(0, 3e6)",
    "const u = new Uint8Array(1e7); for (;;) u.fill(1)",
    "for (;;) new Function('return ' + '1+'.repeat(1e4) + '1')",
    "for (;;) structuredClone({ a: new Array(1000).fill({}) })",
    "async function f() { for (;;) {} } for (;;) { try { f() } catch {} }",
];

#[test]
fn d10_no_thread_is_left_at_work() {
    let bodies = GIANTS.iter().chain(LOOPS);
    let failures: Vec<_> = bodies
        .filter_map(|body| {
            let body = format!("const LIKE = {{ length: 2 ** 53 - 1 }}; {body}");
            let case = handler(&body).timeout(SOON).memory(32 << 20);
            outlives(&case).map(|what| format!("{body}: {what}"))
        })
        .collect();
    assert!(failures.is_empty(), "{failures:#?}");
}

/// What guarded methods give for a receiver whose length is not known beforehand.
const GUARDED: &[(&str, &str)] = &[
    ("[].reverse.call(it) === it && it.seen", "true"),
    ("[].reverse.call(it); it", r#"{"0":"b","1":"a","l":2}"#),
    ("[].slice.call(it, 0, 1)", r#"["a"]"#),
    ("[].concat.call([1], it)", r#"[1,{"0":"a","1":"b","l":2}]"#),
    ("it[Symbol.isConcatSpreadable] = true; [].concat.call([1], it)", r#"[1,"a","b"]"#),
    ("[].concat(new Proxy(['p'], {}), [['q']])", r#"["p",["q"]]"#),
    (
        "[].flatMap.call(it, function (x, at, all) { return [x, at, all === it, this.t] }, { t: 1 })",
        r#"["a",0,true,1,"b",1,true,1]"#,
    ),
    ("[].flat.call(it)", r#"["a","b"]"#),
    ("[[].splice.call(it, 0, 1, 'x', 'y'), it]", r#"[["a"],{"0":"x","1":"y","2":"b","l":3}]"#),
    ("[[].shift.call(it), it]", r#"["a",{"0":"b","l":1}]"#),
    ("[[].unshift.call(it, 'z'), it]", r#"[3,{"0":"z","1":"a","2":"b","l":3}]"#),
    ("[].sort.call(it, (a, b) => (a < b ? 1 : -1)) === it && it[0]", r#""b""#),
    ("[].copyWithin.call(it, 0, 1) === it && it[0]", r#""b""#),
    ("[].fill.call(it, 7) === it && it[1]", "7"),
    (
        "[[].join.call(it), [].toLocaleString.call(it), [].join.call(it, '')]",
        r#"["a,b","a,b","ab"]"#,
    ),
    ("String.raw({ raw: it }, 1)", r#""a1b""#),
    ("String.raw`a\\n${1}b`", r#""a\\n1b""#),
    (
        "class A extends Array {} const a = new A(); a.length = 5000000; a.slice(0, 1) instanceof A",
        "true",
    ),
    (
        "[[].join.name, [].join.length, [].slice.length, `${[].sort}`.includes('[native code]')]",
        r#"["join",1,2,true]"#,
    ),
    (
        "Object.getOwnPropertyNames(Array.prototype).filter((name) => /^(at|concat|join|flat)$/.test(name)).sort()",
        r#"["at","concat","flat","join"]"#,
    ),
    ("Object.getOwnPropertyDescriptor(Array.prototype, 'join').enumerable", "false"),
    ("try { new [].join() } catch (e) { e.name }", r#""TypeError""#),
    ("try { [].join.call(null) } catch (e) { e.name }", r#""TypeError""#),
    (
        "try { [].fill.call(Object.freeze({ get length() { return 1 } })) } catch (e) { e.name }",
        r#""TypeError""#,
    ),
];

#[test]
fn d10_a_guarded_method_does_what_the_standard_says() {
    for (expression, expected) in GUARDED {
        let body = format!(
            "const it = {{ 0: 'a', 1: 'b', l: 2 }};
             Object.defineProperty(it, 'seen', {{ get() {{ return this === it }} }});
             Object.defineProperty(it, 'length', {{
                 get() {{ return this === it && it.l }}, set(l) {{ if (this === it) it.l = l }} }});
             resolve(eval({expression:?}))"
        );
        assert_eq!(handler(&body).value(), *expected, "{expression}");
    }
}

/// Ways in which the engine, or our own code, calls a function of the script's. `SPIN` never returns;
/// some of them swallow the interruption.
const CALLBACKS: &[&str] = &[
    "SPIN()",
    "new Promise(SPIN)",
    "Error.prepareStackTrace = SPIN; new Error().stack",
    "Error.prepareStackTrace = SPIN; null.x",
    "Error.prepareStackTrace = SPIN; JSON.parse('{')",
    "(async () => SPIN())()",
    "[...{ [Symbol.iterator]: () => ({ next: SPIN }) }]",
    "for (const x of { [Symbol.iterator]: () => ({ next: () => ({}), return: SPIN }) }) break",
    "const [x] = { [Symbol.iterator]: () => ({ next: () => ({}), return: SPIN }) }",
    "const g = (function* () { try { yield } finally { SPIN() } })(); g.next(); g.return()",
    "new Proxy({}, { get: SPIN }).x",
    "Object.keys(new Proxy({}, { ownKeys: SPIN }))",
    "new Proxy(() => {}, { apply: SPIN })()",
    "`${{ toString: SPIN }}`",
    "+{ valueOf: SPIN }",
    "JSON.stringify({ toJSON: SPIN })",
    "JSON.parse('[1]', SPIN)",
    "'a'.replace('a', SPIN)",
    "[2, 1].sort(SPIN)",
    "[].join.call({ get length() { SPIN() } })",
    "new Map([[1, 2]]).forEach(SPIN)",
    "Promise.all.call(function (executor) { executor(SPIN, SPIN) }, [1])",
    "Promise.resolve({ get then() { SPIN() } })",
    "class A { static [Symbol.hasInstance] = SPIN } 1 instanceof A",
    "structuredClone({ get a() { SPIN() } })",
    "console.count({ toString: SPIN })",
    "new EventTarget().dispatchEvent(Object.assign(new Event('x'), { get type() { SPIN() } }))",
    "const t = new EventTarget(); t.addEventListener('x', SPIN); t.dispatchEvent(new Event('x'))",
    "new Headers({ [Symbol.iterator]: SPIN })",
    "new URLSearchParams({ get a() { SPIN() } })",
    "new ReadableStream({ start: SPIN })",
    "new Blob([{ toString: SPIN }])",
    "AbortSignal.any({ [Symbol.iterator]: SPIN })",
    "resolve({ toJSON: SPIN })",
    "reject({ get message() { SPIN() } })",
    "CapacitorNotifications.schedule([{ get id() { SPIN() } }])",
];

/// Everything that reaches the host.
const EFFECTS: &[&str] = &[
    "CapacitorKV.set('late', '1')",
    "CapacitorDevice.getBatteryStatus()",
    "CapacitorGeolocation.getCurrentPosition()",
    "fetch('https://example.com/')",
    "import('./late.js')",
    "console.log('late')",
    "reportError(new Error('late'))",
    "resolve('late')",
    "reject('late')",
];

/// A host that counts what reaches it after the script's own first line.
fn counting() -> (TestHost, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let (calls, fetches) = (Arc::clone(&count), Arc::clone(&count));
    let mut host = TestHost::with("late.js", "console.log('imported')");
    host.calls = Box::new(move |_, reply| {
        calls.fetch_add(1, Ordering::Relaxed);
        reply.ok("null");
    });
    host.fetches = Box::new(move |_, reply| {
        fetches.fetch_add(1, Ordering::Relaxed);
        reply.head(FetchHead { status: 200, ..FetchHead::default() });
        reply.done();
    });
    (host, count)
}

#[test]
fn d10_nothing_reaches_the_host_after_the_deadline() {
    let cases = CALLBACKS.iter().flat_map(|way| EFFECTS.iter().map(move |effect| (way, effect)));
    let cases = Mutex::new(cases);
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((way, effect)) = { cases.lock().unwrap().next() } {
                    if let Some(what) = reached(way, effect) {
                        failures.lock().unwrap().push(format!("{way}; {effect}: {what}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{failures:#?}");
}

/// What reached the host when `way` spins beyond the deadline and `effect` follows, however it ends.
fn reached(way: &str, effect: &str) -> Option<String> {
    let (mut host, count) = counting();
    let text = format!(
        "const SPIN = () => {{ for (;;) {{}} }};
         addEventListener('test', async (resolve, reject) => {{
             const effect = () => {{ try {{ {effect} }} catch {{}} }};
             try {{ {way} }} catch {{ effect() }} finally {{ effect() }}
             effect();
             await 0;
             effect();
         }});"
    );
    host.files.insert("runner.js".to_owned(), text.into_bytes());
    let case = crate::host::with_host(host).timeout(SOON);
    let result = case.run().result;
    let until = Instant::now() + PATIENCE;
    while Arc::strong_count(&case.host) > 1 && Instant::now() < until {
        thread::sleep(Duration::from_millis(1));
    }
    let (lines, stored) = (case.host.log_lines(), case.host.stored("late"));
    let count = count.load(Ordering::Relaxed);
    let late = !lines.is_empty() || stored || count > 0;
    let fine = result.as_ref().is_err_and(|error| error.code == Code::DeadlineExceeded);
    (late || !fine).then(|| format!("{lines:?}, stored: {stored}, calls: {count}, {result:?}"))
}

/// A case whose only call of the host does not return until the sender is used or dropped.
fn stuck(body: &str) -> (Case, mpsc::Sender<()>) {
    let (release, blocked) = mpsc::channel::<()>();
    let blocked = Mutex::new(blocked);
    let case = handler(body).host(|host| {
        host.calls = Box::new(move |_, reply| {
            let _ = blocked.lock().unwrap().recv();
            reply.ok("null");
        });
    });
    (case, release)
}

#[test]
fn d13_an_outcome_does_not_wait_for_what_follows_it() {
    let (case, release) = stuck("resolve(1); CapacitorDevice.getBatteryStatus()");
    let case = case.timeout(PATIENCE);
    let start = Instant::now();
    assert_eq!(case.run().result, Ok(Some("1".to_owned())));
    assert!(start.elapsed() < PATIENCE / 2, "{:?}", start.elapsed());
    drop(release);
}

#[test]
fn d14_threads_that_do_not_end_are_bounded() {
    const GIVEN_UP: usize = 4;
    let (mut case, release) = stuck("args.stuck ? CapacitorDevice.getBatteryStatus() : resolve(1)");
    case.settings.max_concurrent = std::num::NonZero::new(1);
    let runner = case.timeout(SOON).details(r#"{"stuck":true}"#);
    let request = runner.request.clone();
    let free = background_runner::Request { details: None, ..request.clone() };
    let runner = runner.runner();
    for _ in 0..=GIVEN_UP {
        assert_eq!(runner.run(request.clone()).result.unwrap_err().code, Code::DeadlineExceeded);
    }
    let error = runner.run(free.clone()).result.unwrap_err();
    assert_eq!(error.code, Code::Internal);
    assert!(error.message.contains("whose time is over"), "{error:?}");
    drop(release);
    let until = Instant::now() + PATIENCE;
    while runner.run(free.clone()).result.is_err() {
        assert!(Instant::now() < until, "the threads have ended, and their places are free again");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn d11_a_cancel_in_the_queue_never_takes_the_grace_of_a_run() {
    let body = "console.log('begun'); setInterval(() => {}, 1);
        context.signal.addEventListener('abort', () => resolve('saved'))";
    for round in 0..200 {
        let mut case = handler(body);
        case.request.grace = Some(PATIENCE);
        let runner = case.runner();
        let (sender, outcome) = mpsc::channel::<Outcome>();
        let dispatch = runner.dispatch(case.request.clone(), move |it| sender.send(it).unwrap());
        for _ in 0..round * 20 {
            std::hint::spin_loop();
        }
        dispatch.cancel();
        let result = outcome.recv_timeout(PATIENCE).expect("an outcome").result;
        let begun = !case.host.log_lines().is_empty();
        match result {
            Ok(value) => assert_eq!(value.as_deref(), Some(r#""saved""#)),
            Err(error) => assert!(!begun && error.code == Code::Cancelled, "{error:?}, {begun}"),
        }
    }
}

/// What a script does with `n` things, of which four times as many take not much more than four times
/// as long. Each gives its time to `resolve`.
const SCALING: &[&str] = &[
    "const t = new EventTarget(), l = many(() => () => {}); l.forEach((f) => t.addEventListener('x', f));
        l.forEach((f) => t.removeEventListener('x', f))",
    "const t = new EventTarget(), { signal } = new AbortController(), l = many(() => () => {});
        l.forEach((f) => t.addEventListener('x', f, { signal })); l.forEach((f) => t.removeEventListener('x', f))",
    "const l = many((i) => Promise.reject(i)); l.forEach((p) => p.catch(() => {}))",
    "const l = many((i) => Promise.reject(i)); l.reverse().forEach((p) => p.catch(() => {}))",
    "const l = many((i) => setTimeout(() => {}, i % 100 * 1000 + 60000)); l.forEach(clearTimeout)",
    "const { port1, port2 } = new MessageChannel(); many((i) => port1.postMessage(i));
        await new Promise((done) => { port2.onmessage = (e) => { if (e.data === n - 1) done() } })",
    "structuredClone(0, { transfer: many(() => new ArrayBuffer(1)) })",
    "structuredClone(new Map(many((i) => [i, { i }])))",
    "const h = new Headers(); many((i) => h.append('k' + i, i)); many((i) => h.set('k' + i, 'x'));
        many((i) => h.get('k' + i)); [...h]; many((i) => h.delete('k' + i))",
    "const h = new Headers(); many((i) => h.append('k', i)); h.get('k'); [...h]",
    "const { searchParams: p } = new URL('a:b'); many((i) => p.append('k' + i, i)); many((i) => p.set('k' + i, 'x'));
        many((i) => p.get('k' + i)); [...p]; many((i) => p.delete('k' + i))",
    "const f = new FormData(); many((i) => f.append('k' + i, i)); many((i) => f.set('k' + i, 'x'));
        many((i) => f.get('k' + i)); [...f]; many((i) => f.delete('k' + i))",
    "let c; const s = new ReadableStream({ start(it) { c = it } }, { highWaterMark: Infinity });
        many((i) => c.enqueue(i)); c.close(); for await (const _ of s);",
    "const s = new ReadableStream({ type: 'bytes', pull(c) { c.byobRequest.view[0] = 1; c.byobRequest.respond(1) } });
        const r = s.getReader({ mode: 'byob' }); await Promise.all(many(() => r.read(new Uint8Array(1))))",
    "const w = new WritableStream().getWriter(); await Promise.all(many((i) => w.write(i)))",
    "many((i) => console.count('k' + i)); many((i) => console.time('t' + i)); many((i) => console.timeEnd('t' + i))",
    "many((i) => addEventListener('e' + i, () => {})); many((i) => removeEventListener('e' + i))",
    "many((i) => queueMicrotask(() => {})); await 0",
];

#[test]
fn d10_no_structure_of_ours_is_quadratic() {
    let failures: Vec<_> = SCALING.iter().filter_map(|body| grows(body)).collect();
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Why a body does not scale, if so. Machines are busy: four times as many may seem to take sixteen times as long. So
/// what is suspected is tried with sixteen times as many, where linear and quadratic are far apart.
fn grows(body: &str) -> Option<String> {
    const N: u32 = 4000;
    match ratio(body, [N, 4 * N]) {
        Ok(times) if times < 12.0 => None,
        Ok(_) => match ratio(body, [N, 16 * N]) {
            Ok(times) if times < 128.0 => None,
            Ok(times) => Some(format!("{body}: {times} times as long for sixteen times as many")),
            Err(error) => Some(error),
        },
        Err(error) => Some(error),
    }
}

/// How many times as long a body takes for the second number: by the best times of some tries.
fn ratio(body: &str, [few, many]: [u32; 2]) -> Result<f64, String> {
    let mut best = [f64::MAX; 2];
    for _ in 0..3 {
        for (best, n) in best.iter_mut().zip([few, many]) {
            *best = best.min(took(body, n)?.max(1.0));
        }
    }
    Ok(best[1] / best[0])
}

/// How long a body takes for `n`, in milliseconds.
fn took(body: &str, n: u32) -> Result<f64, String> {
    let text = format!(
        "const n = {n}, many = (make) => Array.from({{ length: n }}, (_, i) => make(i));
         addEventListener('test', async (resolve) => {{
             const from = performance.now(); {body}; resolve(performance.now() - from);
         }});"
    );
    let result = script(&text).timeout(PATIENCE).memory(1 << 30).run().result;
    let time = result.map_err(|error| format!("{body}: {error:?}"))?.unwrap_or_default();
    time.parse::<f64>().map_err(|error| format!("{body}: {error}"))
}
