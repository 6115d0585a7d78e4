//! What the fuzzers and `tests/fuzz.rs` throw bytes at. Each target panics when a dispatch has an
//! outcome that it must not have; a crash, a hang or a leak is the sanitizer's to find.

#![allow(dead_code, reason = "each fuzzer is a program of its own, and uses one target")]

use std::{
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::Duration,
};

use background_runner::{
    Code, FetchHead, FetchReply, FetchRequest, Host, HostCall, HostError, LogRecord, Outcome,
    Reply, Request, Runner, RunnerSpec, Settings,
};

/// A host that says whatever the fuzzer says.
#[derive(Default)]
struct Puppet {
    source: Vec<u8>,
    answer: Vec<u8>,
}

/// The host of the moment, behind runners that live as long as the process.
struct Stage(Mutex<Arc<Puppet>>);

impl Stage {
    fn puppet(&self) -> Arc<Puppet> {
        Arc::clone(&self.0.lock().expect("no target panics with the lock"))
    }
}

impl Host for Stage {
    fn load(&self, path: &str, reply: Reply) {
        match path {
            "runner.js" => reply.ok(self.puppet().source.clone()),
            _ => reply.fail(HostError::not_found("there is one file")),
        }
    }

    fn call(&self, _call: HostCall, reply: Reply) {
        reply.ok(self.puppet().answer.clone());
    }

    fn fetch(&self, _request: FetchRequest, reply: FetchReply) {
        let puppet = self.puppet();
        let text = String::from_utf8_lossy(&puppet.answer).into_owned();
        let (name, value) = text.split_once('\n').unwrap_or((&text, ""));
        let headers = vec![(name.to_owned(), value.to_owned()), ("x".into(), text.clone())];
        let status = u16::from(puppet.answer.first().copied().unwrap_or(200)) * 3;
        reply.head(FetchHead { status, headers, url: text.clone(), ..FetchHead::default() });
        puppet.answer.chunks(7).for_each(|piece| reply.chunk(piece));
        reply.done();
    }

    fn log(&self, _record: &LogRecord<'_>) {}
}

fn run(source: &[u8], answer: &[u8], details: Option<String>) -> Outcome {
    static STAGE: LazyLock<Arc<Stage>> = LazyLock::new(|| Arc::new(Stage(Mutex::default())));
    static RUNNER: LazyLock<Runner> = LazyLock::new(|| {
        let spec =
            RunnerSpec { label: "a".into(), src: "runner.js".into(), ..RunnerSpec::default() };
        let settings =
            Settings { platform: "ios".into(), runners: vec![spec], ..Settings::default() };
        Runner::new(settings, Arc::clone(&STAGE) as Arc<dyn Host>).expect("valid settings")
    });
    // One at a time: the puppet belongs to the dispatch that runs.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let puppet = Puppet { source: source.to_vec(), answer: answer.to_vec() };
    *STAGE.0.lock().expect("no target panics with the lock") = Arc::new(puppet);
    let outcome = RUNNER.run(Request {
        label: "a".into(),
        event: "e".into(),
        details,
        timeout: Some(Duration::from_millis(300)),
        memory_limit: Some(16 << 20),
        ..Request::default()
    });
    if let Err(error) = &outcome.result {
        assert_ne!(error.code, Code::Internal, "{error:?}");
    }
    let json = outcome.to_json();
    let prefix = if outcome.result.is_ok() {
        "{\"outcome\":\"resolved\""
    } else {
        "{\"outcome\":\"failed\""
    };
    assert!(json.starts_with(prefix), "{json}");
    outcome
}

/// Any text as a runner's file.
pub(crate) fn script(data: &[u8]) {
    run(data, b"null", None);
}

/// Any text as details: what is an object comes back, anything else is refused.
pub(crate) fn details(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let source = b"addEventListener('e', (resolve, reject, args) => resolve(args))";
    match run(source, b"null", Some(text.to_owned())).result {
        Ok(value) => assert!(value.is_some_and(|value| value.starts_with('{'))),
        Err(error) => assert!(
            matches!(error.code, Code::InvalidArgument | Code::NotSerializable | Code::OutOfMemory),
            "{error:?}"
        ),
    }
}

/// Any bytes as the host's answer to a call, and as a response.
pub(crate) fn completion(data: &[u8]) {
    let source = b"addEventListener('e', async (resolve) => {
        const seen = [];
        try { seen.push(CapacitorApp.getInfo()) } catch (e) { seen.push(e.code) }
        try { seen.push(CapacitorKV.get('k')) } catch (e) { seen.push(e.code) }
        try {
            const response = await fetch('https://example.com/');
            seen.push([...response.headers], response.status, await response.clone().text());
            seen.push(await response.json());
        } catch (e) { seen.push(String(e)) }
        resolve(seen);
    })";
    let outcome = run(source, data, None);
    if let Err(error) = outcome.result {
        assert!(matches!(error.code, Code::OutOfMemory | Code::DeadlineExceeded), "{error:?}");
    }
}

/// Any text as a URL, as headers and as parameters.
pub(crate) fn url(data: &[u8]) {
    let text = quoted(&String::from_utf8_lossy(data));
    let source = b"addEventListener('e', (resolve, reject, { text }) => {
        const tries = [() => new URL(text).href, () => new URL(text, 'https://a/b?c#d').toJSON(),
            () => String(new URLSearchParams(text)), () => [...new Headers([[text, text]])],
            () => [...new Headers([['x', text]])], () => new Request(text).url, () => atob(text)];
        resolve(tries.map((it) => { try { return it() } catch (e) { return e.name } }));
    })";
    let outcome = run(source, b"null", Some(format!("{{\"text\":{text}}}")));
    assert!(outcome.result.is_ok(), "{outcome:?}");
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    let mut json = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => json.extend(['\\', letter]),
            control if control < ' ' => json.push_str(&format!("\\u{:04x}", control as u32)),
            letter => json.push(letter),
        }
    }
    json.push('"');
    json
}
