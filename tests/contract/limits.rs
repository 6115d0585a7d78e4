//! Time, cancellation and memory (D10 to D13).

use std::{
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use background_runner::{Code, FetchHead, FetchReply, HistoryQuery, Outcome, Reply, Request};

use crate::host::{Case, TestHost, handler, script, with_host};

const SOON: Duration = Duration::from_millis(150);

/// Of which the tenth that a script has after the warning is enough on a machine that is busy.
const LATER: Duration = Duration::from_secs(4);

/// Runs until the deadline, of which the outcome tells soon.
#[track_caller]
fn exceeds(case: Case) {
    let case = case.timeout(SOON);
    let runner = case.runner();
    let start = Instant::now();
    let error = runner.run(case.request.clone()).result.expect_err("the deadline ends it");
    let late = start.elapsed().saturating_sub(SOON);
    assert_eq!(error.code, Code::DeadlineExceeded, "{error:?}");
    assert!(late < Duration::from_millis(600), "{late:?} late");
}

#[test]
fn d10_deadline_interrupts_a_loop() {
    exceeds(handler("for (;;) {}"));
    exceeds(handler("for (;;) { try { for (;;) {} } catch {} finally { continue } }"));
    exceeds(script("for (;;) {}"));
}

#[test]
fn d10_deadline_interrupts_a_regexp() {
    exceeds(handler("/^(a+)+$/.test('a'.repeat(40) + 'b')"));
}

#[test]
fn d10_deadline_interrupts_a_sort() {
    exceeds(handler("for (;;) [3, 1, 2].sort(() => { for (;;) {} })"));
    // Made in few calls, so that the deadline falls in a sort on machines of any speed.
    let huge = "const a = '7919,40009,15838,8,23757,'.repeat(80000).split(',');
        for (;;) a.sort().reverse()";
    exceeds(handler(huge));
}

#[test]
fn d10_deadline_interrupts_microtasks_without_end() {
    exceeds(handler("const again = () => Promise.resolve().then(again); again()"));
    exceeds(handler("const again = () => queueMicrotask(again); again()"));
    exceeds(script("addEventListener('test', async () => { for (;;) await 0 })"));
}

#[test]
fn d10_deadline_interrupts_timers_without_end() {
    exceeds(handler("setInterval(() => {}, 0)"));
    exceeds(handler("setTimeout(() => {}, 60000)"));
}

#[test]
fn d10_deadline_interrupts_the_conversion_of_the_result() {
    exceeds(handler("resolve({ toJSON() { for (;;) {} } })"));
    exceeds(handler("resolve({ get a() { for (;;) {} } })"));
    exceeds(handler("resolve(new Proxy({}, { ownKeys() { for (;;) {} } }))"));
    exceeds(handler("reject({ get message() { for (;;) {} } })"));
}

#[test]
fn d10_deadline_interrupts_what_a_thrown_value_does() {
    exceeds(handler("throw { get message() { for (;;) {} } }"));
    exceeds(handler("throw { toJSON() { for (;;) {} } }"));
}

#[test]
fn d10_deadline_ends_the_wait_for_a_silent_host() {
    let silent = || {
        let (sender, receiver) = mpsc::channel::<Reply>();
        let receiver = std::sync::Mutex::new(receiver);
        move |host: &mut TestHost| {
            let sender = std::sync::Mutex::new(sender);
            host.calls = Box::new(move |_, reply| {
                let _kept = &receiver;
                sender.lock().unwrap().send(reply).unwrap();
            });
        }
    };
    exceeds(handler("CapacitorDevice.getBatteryStatus()").host(silent()));
}

#[test]
fn d10_the_signal_warns_before_the_deadline() {
    let body = "setInterval(() => {}, 5);
        context.signal.addEventListener('abort', () => resolve(context.signal.reason.name));";
    let outcome = handler(body).timeout(LATER).run();
    assert_eq!(outcome.result, Ok(Some(r#""TimeoutError""#.into())));
    assert!(outcome.duration < LATER, "{:?}", outcome.duration);
}

#[test]
fn d10_a_script_may_do_nothing_but_listen_to_the_signal() {
    let body = "context.signal.addEventListener('abort', () => resolve('saved'))";
    assert_eq!(handler(body).timeout(LATER).run().result, Ok(Some(r#""saved""#.into())));
}

/// Cancels once `begun` says so, and waits for the outcome.
fn cancelled(case: Case, begun: mpsc::Receiver<()>) -> Outcome {
    let runner = case.runner();
    let (sender, outcome) = mpsc::channel();
    let dispatch = runner.dispatch(case.request.clone(), move |it| sender.send(it).unwrap());
    begun.recv_timeout(Duration::from_secs(5)).expect("it begins");
    dispatch.cancel();
    dispatch.cancel();
    let outcome = outcome.recv_timeout(Duration::from_secs(5)).expect("an outcome");
    dispatch.cancel();
    outcome
}

#[track_caller]
fn is_cancelled(outcome: &Outcome) {
    let error = outcome.result.as_ref().expect_err("it was cancelled");
    assert_eq!(error.code, Code::Cancelled, "{error:?}");
}

/// A host that tells of the first log line, which the scripts below write when they begin.
fn announcing(case: Case) -> (Case, mpsc::Receiver<()>) {
    let (sender, begun) = mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let case = case.host(|host| {
        host.on_log = Box::new(move || {
            let _ = sender.lock().unwrap().send(());
        });
    });
    (case, begun)
}

#[test]
fn d11_cancel_in_javascript() {
    let (case, begun) = announcing(handler("console.log('begun'); for (;;) {}"));
    is_cancelled(&cancelled(case, begun));
}

#[test]
fn d11_cancel_during_evaluation() {
    let (case, begun) = announcing(script("console.log('begun'); for (;;) {}"));
    is_cancelled(&cancelled(case, begun));
}

#[test]
fn d11_cancel_while_it_sleeps() {
    let (case, begun) = announcing(handler("console.log('begun'); setTimeout(() => {}, 9000)"));
    is_cancelled(&cancelled(case, begun));
}

#[test]
fn d11_cancel_in_a_host_call_tells_the_host() {
    let (sender, begun) = mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let (told, hears) = mpsc::channel();
    let told = std::sync::Mutex::new(told);
    let case = handler("CapacitorDevice.getBatteryStatus()").host(|host| {
        host.calls = Box::new(move |_, reply: Reply| {
            let told = told.lock().unwrap().clone();
            reply.on_cancel(move || told.send(()).unwrap());
            sender.lock().unwrap().send(()).unwrap();
            // Nobody will ever answer.
            std::mem::forget(reply);
        });
    });
    is_cancelled(&cancelled(case, begun));
    hears.recv_timeout(Duration::from_secs(5)).expect("the host hears of it");
}

#[test]
fn d11_cancel_in_a_fetch_tells_the_host() {
    let (sender, begun) = mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let (told, hears) = mpsc::channel();
    let told = std::sync::Mutex::new(told);
    let case = handler("fetch('https://example.com/').then(resolve, reject)").host(|host| {
        host.fetches = Box::new(move |_, reply: FetchReply| {
            let told = told.lock().unwrap().clone();
            reply.on_cancel(move || told.send(()).unwrap());
            sender.lock().unwrap().send(()).unwrap();
            std::mem::forget(reply);
        });
    });
    is_cancelled(&cancelled(case, begun));
    hears.recv_timeout(Duration::from_secs(5)).expect("the host hears of it");
}

#[test]
fn d11_cancel_in_the_queue() {
    let (mut case, begun) = announcing(handler("console.log('begun'); for (;;) {}"));
    case.settings.max_concurrent = std::num::NonZero::new(1);
    let runner = case.runner();
    let first = runner.dispatch(case.request.clone(), |_| {});
    begun.recv_timeout(Duration::from_secs(5)).expect("it begins");
    let (sender, outcome) = mpsc::channel();
    let second = runner.dispatch(case.request.clone(), move |it| sender.send(it).unwrap());
    second.cancel();
    let outcome = outcome.recv_timeout(Duration::from_secs(5)).expect("it does not wait its turn");
    is_cancelled(&outcome);
    first.cancel();
}

#[test]
fn d11_a_grace_period_lets_the_script_save_its_work() {
    let body = "console.log('begun'); setInterval(() => {}, 5);
        context.signal.addEventListener('abort', () => resolve('saved'));";
    let (mut case, begun) = announcing(handler(body));
    case.request.grace = Some(Duration::from_secs(5));
    assert_eq!(cancelled(case, begun).result, Ok(Some(r#""saved""#.into())));
}

/// What the operating system ends has two seconds on both platforms, and its record says why.
#[test]
fn d11_what_the_system_stops_may_save_its_work_and_is_recorded() {
    let saves = "context.signal.addEventListener('abort', () => resolve('saved'));";
    let ignores = "for (;;) {}";
    for (body, grace, expected) in [
        (format!("{saves} setInterval(() => {{}}, 5)"), 5000, "resolved"),
        (ignores.to_owned(), 50, "failed"),
    ] {
        let (case, begun) = announcing(handler(&format!("console.log('begun'); {body}")));
        let runner = case.runner();
        let (sender, outcome) = mpsc::channel();
        let request = Request { trigger: "schedule#3:night:ly".into(), ..case.request.clone() };
        let dispatch = runner.dispatch(request, move |it| sender.send(it).unwrap());
        begun.recv_timeout(Duration::from_secs(5)).expect("it begins");
        dispatch.stop(Duration::from_millis(grace), "constraint-connectivity");
        dispatch.stop(Duration::ZERO, "too late");
        dispatch.cancel();
        let _ = outcome.recv_timeout(Duration::from_secs(9)).expect("it ends");
        let record = runner.history(&HistoryQuery::default()).remove(0);
        assert_eq!(record.outcome, expected);
        assert_eq!(record.stop_reason.as_deref(), Some("constraint-connectivity"));
        assert_eq!(record.trigger, "schedule");
        assert_eq!((record.schedule_id.as_deref(), record.attempt), (Some("night:ly"), Some(3)));
    }
}

#[test]
fn d11_cancel_after_the_end_is_harmless() {
    let case = handler("resolve(1)");
    let runner = case.runner();
    let (sender, outcome) = mpsc::channel();
    let dispatch = runner.dispatch(case.request.clone(), move |it| sender.send(it).unwrap());
    assert_eq!(outcome.recv().unwrap().result, Ok(Some("1".into())));
    dispatch.cancel();
    assert!(outcome.recv().is_err(), "there is one outcome only");
}

#[test]
fn d12_what_is_refused_is_no_fault_of_what_was_given() {
    let unwraps = "
        const key = await crypto.subtle.importKey(
            'raw', new Uint8Array(16), 'AES-CBC', false, ['encrypt', 'unwrapKey']);
        const cbc = { name: 'AES-CBC', iv: new Uint8Array(16) };
        const jwk = new TextEncoder().encode(`{\"kty\":\"oct\",\"k\":\"${'A'.repeat(4e6)}\"}`);
        const wrapped = await crypto.subtle.encrypt(cbc, key, jwk);
        const hmac = { name: 'HMAC', hash: 'SHA-256' };
        await crypto.subtle.unwrapKey('jwk', wrapped, key, cbc, hmac, true, ['sign']);
        resolve()";
    // From no room for the text to nearly enough for the key.
    for limit in (12..26).step_by(2) {
        let case = script(&format!("addEventListener('test', async (resolve) => {{ {unwraps} }})"));
        let outcome = case.memory(limit << 20).run();
        if let Err(error) = outcome.result {
            assert_eq!(error.code, Code::OutOfMemory, "{limit} MiB: {error:?}");
        }
    }
}

#[test]
fn d12_what_is_cut_is_within_its_length() {
    let error = handler("throw new Error('ä'.repeat(100000))").failure();
    assert!(error.message.len() <= 64 << 10 && error.message.ends_with('…'));
    assert!(error.message.len() > (64 << 10) - 8, "{} bytes", error.message.len());
}

#[test]
fn d12_the_memory_limit_is_kept() {
    for grows in [
        "const a = []; for (;;) a.push({})",
        "const a = []; for (;;) a.push(new ArrayBuffer(1 << 20))",
        "new ArrayBuffer(1 << 28)",
        "let s = 'x'; for (;;) { s += s; s.codePointAt(1) }",
        "'x'.repeat(1 << 28)",
        "const a = []; for (;;) a.push(Symbol())",
        "const f = () => {}; for (;;) setTimeout(f, 1000)",
        "for (let i = 0; ; i++) addEventListener('e' + i, () => {})",
        "const a = new Array(1 << 28).fill(0)",
        "resolve(new Array(1 << 26))",
        // The engine has words of its own for this one.
        "const a = []; for (;;) a.push(/(.)+/.exec('x'.repeat(1e6)))",
        // What is told by an event that nobody listens to.
        "const reader = new FileReader(); reader.onload = resolve; reader.readAsDataURL(new Blob(['x'.repeat(6e6)]))",
        // Among these is one of the size by which the heap knows the compiler at work.
        "const a = []; for (let n = 400; n < 700; n++) a.push(new ArrayBuffer(n)); new ArrayBuffer(1 << 28)",
        "const a = []; for (let n = 400; n < 700; n++) a.push(new ArrayBuffer(n)); new Array(1 << 28).fill(0)",
        "const a = []; for (let n = 400; n < 700; n++) a.push(new ArrayBuffer(n)); 'x'.repeat(1 << 28)",
    ] {
        let case = handler(grows).memory(16 << 20);
        let outcome = case.run();
        let error = outcome.result.expect_err(grows);
        assert_eq!(error.code, Code::OutOfMemory, "{grows}: {error:?}");
        assert!(outcome.heap_peak_bytes < 33 << 20, "{grows}: {}", outcome.heap_peak_bytes);
    }
}

/// What comes from the host counts, and is `OUT_OF_MEMORY` where it does not fit.
#[test]
fn d12_files_and_answers_of_the_host_count() {
    for body in [
        "for (let i = 0; i < 40; i++) await import(`./${i}.mjs`)",
        "await Promise.all(Array.from({ length: 40 }, (_, i) => import(`./${i}.mjs`)))",
        "const kept = []; for (let i = 0; i < 40; i++) kept.push(await import(`./${i}.json`))",
        "await import('./large.mjs')",
        "await import('./large.json')",
        "CapacitorKV.set('k', 'x'.repeat(3e6)); const kept = []; for (;;) kept.push(CapacitorKV.get('k'))",
    ] {
        let text = format!("addEventListener('test', async (resolve) => {{ {body}; resolve(1) }})");
        let mut host = TestHost::with("runner.js", text);
        let source = |size: usize| format!("/*{}*/ export const x = 1", "x".repeat(size));
        let json = |size: usize| format!("[\"{}\"]", "x".repeat(size));
        for i in 0..40 {
            host.files.insert(format!("{i}.mjs"), source(1 << 20).into());
            host.files.insert(format!("{i}.json"), json(1 << 20).into());
        }
        host.files.insert("large.mjs".into(), source(17 << 20).into());
        host.files.insert("large.json".into(), json(17 << 20).into());
        let error = with_host(host).memory(16 << 20).failure();
        assert_eq!(error.code, Code::OutOfMemory, "{body}: {error:?}");
    }
}

#[test]
fn d12_a_script_can_catch_what_is_too_large() {
    let body = "try { new ArrayBuffer(1 << 28) } catch (e) { resolve(e instanceof Error) }";
    assert_eq!(handler(body).value(), "true");
}

#[test]
fn d12_endless_recursion_is_a_range_error_that_can_be_caught() {
    for recursion in [
        "const f = () => f(); f()",
        "const o = { get a() { return this.a } }; o.a",
        "const o = { toString() { return '' + this } }; '' + o",
        "const f = (n) => [1].map(() => f(n + 1)); f(0)",
        "JSON.parse('['.repeat(1e6))",
        "new RegExp('('.repeat(1e6))",
        "eval('('.repeat(1e6))",
    ] {
        let body = format!("try {{ {recursion} }} catch (e) {{ resolve(e.name) }}");
        let value = handler(&body).value();
        let names = [r#""RangeError""#, r#""SyntaxError""#];
        assert!(names.contains(&value.as_str()), "{recursion}: {value}");
    }
    let error = handler("const f = () => f(); f()").failure();
    assert_eq!((error.code, error.name.as_str()), (Code::Exception, "RangeError"));
}

#[test]
fn d12_a_limit_too_small_for_a_world_is_told() {
    for limit in [1, 1000, 50_000, 100_000] {
        assert_eq!(handler("resolve(1)").memory(limit).error().0, Code::OutOfMemory, "{limit}");
    }
}

/// An answer that does not fit has garbage collected before it is refused, while the host gives it on
/// the thread of the script; a body that is collected has a word for the mailbox as well.
#[test]
fn d12_an_answer_that_does_not_fit_collects_bodies_that_nobody_reads() {
    let body = "(async () => {
        const filler = new Uint8Array(9 << 20);
        for (let i = 0; i < 3; i++) {
            const response = await fetch('https://server.test/');
            response.itself = response;
        }
        try { CapacitorKV.get('large') } catch {}
        resolve(filler.length)
    })()";
    let open = Mutex::new(Vec::new());
    let case = handler(body).memory(16 << 20).timeout(Duration::from_secs(5)).host(|host| {
        host.keeps_kv = false;
        host.calls = Box::new(|_, reply| {
            reply.ok(format!(r#"{{"value":"{}"}}"#, "x".repeat(8 << 20)));
        });
        host.fetches = Box::new(move |_, reply| {
            reply.head(FetchHead { status: 200, ..FetchHead::default() });
            open.lock().unwrap().push(reply);
        });
    });
    assert_eq!(case.value(), (9 << 20).to_string());
}

#[test]
fn d12_the_outcome_tells_the_peak() {
    let small = handler("resolve()").run().heap_peak_bytes;
    let large = handler("new Array(1e6).fill(0); resolve()").run().heap_peak_bytes;
    assert!(small > 50_000 && small < 1 << 20, "{small}");
    assert!(large > small + 8_000_000, "{large}");
}

#[test]
fn d13_the_outcome_does_not_wait_for_timers_or_calls() {
    let body = "setTimeout(() => {}, 60000); setInterval(() => {}, 10); resolve('now')";
    let outcome = handler(body).run();
    assert_eq!(outcome.result, Ok(Some(r#""now""#.into())));
    assert!(outcome.duration < Duration::from_secs(5));
}

#[test]
fn d13_queued_microtasks_still_run() {
    let text = "addEventListener('test', async (resolve) => {
        try { await 0; resolve('done') } finally { console.log('cleaned up') }
    })";
    let case = script(text);
    assert_eq!(case.value(), r#""done""#);
    assert_eq!(case.host.log_lines(), ["log: cleaned up"]);
}

#[test]
fn d13_what_goes_on_after_settling_is_cut_off() {
    let start = Instant::now();
    for forever in ["for (;;) {}", "const again = () => Promise.resolve().then(again); again()"] {
        assert_eq!(handler(&format!("resolve('kept'); {forever}")).value(), r#""kept""#);
    }
    assert!(start.elapsed() < Duration::from_secs(8));
}

#[test]
fn d14_dispatches_run_at_the_same_time_and_share_nothing() {
    let mut case =
        handler("globalThis.n = (globalThis.n ?? 0) + 1; setTimeout(() => resolve(n), 20)");
    case.settings.max_concurrent = std::num::NonZero::new(16);
    let runner = case.runner();
    let (sender, outcomes) = mpsc::channel();
    for _ in 0..300 {
        let sender = sender.clone();
        runner.dispatch(case.request.clone(), move |outcome| sender.send(outcome).unwrap());
    }
    drop(sender);
    let outcomes: Vec<_> = outcomes.iter().collect();
    assert_eq!(outcomes.len(), 300);
    assert!(outcomes.iter().all(|outcome| outcome.result == Ok(Some("1".into()))));
}

#[test]
fn d14_the_rest_queue_in_order() {
    let mut case = handler("resolve(args.n)");
    case.settings.max_concurrent = std::num::NonZero::new(1);
    let runner = case.runner();
    let (sender, outcomes) = mpsc::channel();
    for n in 0..50 {
        let sender = sender.clone();
        let mut request = case.request.clone();
        request.details = Some(format!(r#"{{"n":{n}}}"#));
        runner.dispatch(request, move |outcome| sender.send(outcome.result.unwrap()).unwrap());
    }
    drop(sender);
    let order: Vec<_> = outcomes.iter().flatten().collect();
    assert_eq!(order, (0..50).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[test]
fn d14_a_stuck_host_does_not_hold_up_the_others() {
    let (release, blocked) = mpsc::channel::<()>();
    let blocked = std::sync::Mutex::new(blocked);
    let mut case = handler("CapacitorDevice.getBatteryStatus()").host(|host| {
        host.calls = Box::new(move |_, _reply| {
            let _ = blocked.lock().unwrap().recv();
        });
    });
    case.settings.max_concurrent = std::num::NonZero::new(1);
    case = case.timeout(SOON);
    let runner = case.runner();
    let start = Instant::now();
    let outcome = runner.run(case.request.clone());
    assert_eq!(outcome.result.unwrap_err().code, Code::DeadlineExceeded);
    assert!(start.elapsed() < SOON * 5);
    let mut other = case.request.clone();
    other.event = "unknown".into();
    assert_eq!(runner.run(other).result.unwrap_err().code, Code::EventNotFound);
    release.send(()).unwrap();
}

#[test]
fn d14_an_owner_that_keeps_the_call_does_not_hold_up_the_others() {
    let mut case = handler("CapacitorDevice.getBatteryStatus()");
    let (release, blocked) = mpsc::channel::<()>();
    let blocked = std::sync::Mutex::new(blocked);
    case = case.host(|host| {
        host.calls = Box::new(move |_, _reply| {
            let _ = blocked.lock().unwrap().recv();
        });
    });
    case.settings.max_concurrent = std::num::NonZero::new(1);
    case = case.timeout(SOON);
    let runner = case.runner();
    let (called, calls) = mpsc::channel();
    let (leave, kept) = mpsc::channel::<()>();
    runner.dispatch(case.request.clone(), move |outcome| {
        called.send(outcome).unwrap();
        let _ = kept.recv();
    });
    let first = calls.recv_timeout(LATER).expect("the deadline ends the first");
    assert_eq!(first.result.unwrap_err().code, Code::DeadlineExceeded);
    let (sender, outcomes) = mpsc::channel();
    runner.dispatch(case.request.clone(), move |outcome| sender.send(outcome).unwrap());
    let second = outcomes.recv_timeout(LATER).expect("the deadline ends the second");
    assert_eq!(second.result.unwrap_err().code, Code::DeadlineExceeded);
    drop((leave, release));
}

#[test]
fn d14_shutdown_ends_what_runs_and_what_waits() {
    let (mut case, begun) = announcing(handler("console.log('begun'); for (;;) {}"));
    case.settings.max_concurrent = std::num::NonZero::new(2);
    let runner = case.runner();
    let (sender, outcomes) = mpsc::channel();
    for _ in 0..20 {
        let sender = sender.clone();
        runner.dispatch(case.request.clone(), move |it| sender.send(it).unwrap());
    }
    drop(sender);
    begun.recv_timeout(Duration::from_secs(5)).expect("it begins");
    drop(runner);
    let outcomes: Vec<_> = outcomes.iter().collect();
    assert_eq!(outcomes.len(), 20);
    outcomes.iter().for_each(is_cancelled);
}

#[test]
fn d14_the_host_goes_when_the_last_dispatch_has_gone() {
    let case = with_host(TestHost::with("runner.js", ""));
    let runner = case.runner();
    let _ = runner.run(case.request.clone());
    drop(runner);
    let until = Instant::now() + Duration::from_secs(5);
    while Arc::strong_count(&case.host) > 1 {
        assert!(Instant::now() < until, "the host is still held");
        thread::yield_now();
    }
}
