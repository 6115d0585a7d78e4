//! What the fuzzers and `tests/fuzz.rs` throw bytes at. Each target panics when a dispatch has an
//! outcome that it must not have; a crash, a hang or a leak is the sanitizer's to find.

#![allow(dead_code, reason = "each fuzzer is a program of its own, and uses one target")]

use std::{
    collections::BTreeMap,
    panic,
    sync::{Arc, LazyLock, Once},
    thread,
    time::Duration,
};

use background_runner::{
    Code, Faults, FetchHead, FetchReply, FetchRequest, Host, HostCall, HostError, LogRecord,
    Outcome, Reply, Request, Runner, RunnerSpec, Settings,
};
use codegen::Schema;
use docgen::{Disk, Options, Program};

#[path = "replies.rs"]
mod replies;

/// A host that says whatever the fuzzer says.
struct Puppet {
    source: Vec<u8>,
    answer: Vec<u8>,
}

impl Host for Puppet {
    fn load(&self, path: &str, reply: Reply) {
        match path {
            "runner.js" => reply.ok(self.source.clone()),
            _ => reply.fail(HostError::not_found("there is one file")),
        }
    }

    fn call(&self, _call: HostCall, reply: Reply) {
        reply.ok(self.answer.clone());
    }

    fn fetch(&self, _request: FetchRequest, reply: FetchReply) {
        let text = String::from_utf8_lossy(&self.answer).into_owned();
        let (name, value) = text.split_once('\n').unwrap_or((&text, ""));
        let headers = vec![(name.to_owned(), value.to_owned()), ("x".into(), text.clone())];
        let status = u16::from(self.answer.first().copied().unwrap_or(200)) * 3;
        reply.head(FetchHead { status, headers, url: text.clone(), ..FetchHead::default() });
        for piece in self.answer.chunks(7) {
            reply.chunk(piece);
        }
        reply.done();
    }

    fn log(&self, _record: &LogRecord<'_>) {}
}

fn run(source: &[u8], answer: &[u8], details: Option<String>) -> Outcome {
    run_with(Faults::default(), source, answer, details)
}

fn run_with(faults: Faults, source: &[u8], answer: &[u8], details: Option<String>) -> Outcome {
    let spec = RunnerSpec { label: "a".into(), src: "runner.js".into(), ..RunnerSpec::default() };
    let settings =
        Settings { platform: "ios".into(), runners: vec![spec], faults, ..Settings::default() };
    let threads = threads();
    let host = Arc::new(Puppet { source: source.to_vec(), answer: answer.to_vec() });
    let runner = Runner::new(settings, Arc::clone(&host) as Arc<dyn Host>).expect("valid settings");
    let outcome = runner.run(Request {
        label: "a".into(),
        event: "e".into(),
        details,
        timeout: Some(Duration::from_millis(300)),
        memory_limit: Some(16 << 20),
        ..Request::default()
    });
    drop(runner);
    settle(&host, threads);
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

/// The outcome comes before the end of its world and of its threads, for which a search for leaks
/// has to wait: what a thread holds that has just begun, or has almost ended, it takes for lost.
fn settle(host: &Arc<Puppet>, before: usize) {
    while Arc::strong_count(host) > 1 || threads() > before {
        thread::sleep(Duration::from_micros(50));
    }
}

/// How many threads there are; always the same where no fuzzer runs, and other tests have theirs. Out
/// of the kernel's own count: whoever counts the entries of a folder misses one when another goes.
#[allow(unexpected_cfgs, reason = "only what builds the fuzzers sets it")]
fn threads() -> usize {
    if !cfg!(fuzzing) {
        return 0;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let count = status.lines().find_map(|line| line.strip_prefix("Threads:"));
    count.and_then(|count| count.trim().parse().ok()).expect("Linux counts threads")
}

/// Any text as a runner's file.
pub(crate) fn script(data: &[u8]) {
    run(data, b"null", None);
}

/// Any text as a runner's file, which reaches its memory limit at an allocation that the first two
/// bytes choose.
pub(crate) fn memory(data: &[u8]) {
    let [low, high, source @ ..] = data else { return };
    let nth = usize::from(u16::from_le_bytes([*low, *high])) + 1;
    run_with(Faults { nth, ..Faults::default() }, source, b"null", None);
}

/// Any text as details: what is an object comes back, anything else is refused.
pub(crate) fn details(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let source = b"addEventListener('e', (resolve, reject, args) => resolve(args))";
    match run(source, b"null", Some(text.to_owned())).result {
        Ok(value) => assert!(value.is_some_and(|value| value.starts_with('{'))),
        Err(error) => assert!(
            matches!(
                error.code,
                Code::InvalidArgument
                    | Code::NotSerializable
                    | Code::OutOfMemory
                    | Code::DeadlineExceeded
            ),
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

/// Any bytes as a series of views and resizes: natives take what an oracle says that a view shows.
pub(crate) fn views(data: &[u8]) {
    let steps: Vec<String> = data.iter().take(120).map(ToString::to_string).collect();
    let details = format!("{{\"steps\":[{}]}}", steps.join(","));
    let outcome = run(include_bytes!("views.js"), b"null", Some(details));
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
    if let Err(error) = outcome.result {
        assert_eq!(error.code, Code::DeadlineExceeded, "{error:?}");
    }
}

/// Any text as headers of a request and of a response, and as the types of bodies.
pub(crate) fn headers(data: &[u8]) {
    let text = quoted(&String::from_utf8_lossy(data));
    let source = b"addEventListener('e', async (resolve, reject, { text }) => {
        const pairs = text.split('\\n').map((line) => line.split(/:(.*)/s).slice(0, 2));
        const type = pairs[0][0], body = pairs.slice(1).join('\\r\\n');
        const own = new Headers();
        const tries = [
            () => [...new Headers(pairs)], () => [...new Headers(Object.fromEntries(pairs))],
            () => pairs.map(([name, value]) => { own.append(name, value); return own.get(name) }),
            () => [own.getSetCookie(), ...own.keys()],
            () => pairs.map(([name]) => { own.delete(name); return own.has(name) }),
            () => new Request('https://a/', { method: type, headers: pairs }).method,
            () => new Response(body, { headers: { 'content-type': type } }).formData(),
            () => new Response(body, { headers: { 'content-type': type } }).blob(),
            () => new Response(body, { headers: pairs, statusText: type }).json(),
            () => new Blob([body], { type }).type,
            async () => (await fetch('data:' + text)).text(),
            async () => (await fetch('https://a/', { headers: pairs, method: type })).status,
        ];
        const seen = [];
        for (const it of tries) { try { seen.push(await it()) } catch (e) { seen.push(e.name) } }
        resolve(seen);
    })";
    let outcome = run(source, data, Some(format!("{{\"text\":{text}}}")));
    if let Err(error) = outcome.result {
        assert!(matches!(error.code, Code::OutOfMemory | Code::DeadlineExceeded), "{error:?}");
    }
}

/// Anything that a host may say about a transfer, in any order, from several threads: the first byte
/// chooses the script that reads it.
pub(crate) fn replies(data: &[u8]) {
    let threads = threads();
    replies::attack(data);
    while self::threads() > threads {
        thread::sleep(Duration::from_micros(50));
    }
}

/// Any text as a plugin's declarations, for the documentation and for the generator.
pub(crate) fn definitions(data: &[u8]) {
    static ONCE: Once = Once::new();
    const PATH: &str = "/plugin/definitions.ts";
    const README: &str = "<docgen-index></docgen-index>\n<docgen-config></docgen-config>\n\
        <docgen-api></docgen-api>\n";
    ONCE.call_once(let_the_parser_give_up);
    let text = String::from_utf8_lossy(data).into_owned();
    let name = text.split_once("interface ").map_or("Plugin", |(_, rest)| {
        rest.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default()
    });
    let disk = Memory(BTreeMap::from([(PATH.to_owned(), text.clone())]));
    let options = Options { strict_null_checks: true, ..Options::default() };
    let program = Program::load(&disk, &[PATH.to_owned()], options, "/plugin");
    for errors in program.syntax_errors() {
        assert!(!format!("{:?}", miette::Report::new(errors)).is_empty());
    }
    let data = docgen::describe(&program, name);
    let json: serde_json::Value = serde_json::from_str(&data.to_json()).expect("it writes JSON");
    assert!(json.is_object());
    let readme = docgen::compatible(README, &data, None);
    // What is written once is replaced as a whole the next time.
    assert_eq!(docgen::compatible(&readme, &data, None), readme);
    let mut schema = SCHEMA.clone();
    schema.insert("apis.ts", text);
    if let Err(error) = codegen::generate(&schema) {
        assert!(!format!("{:?}", miette::Report::new(error)).is_empty());
    }
}

/// A panic of swc's parser is caught and becomes a syntax error: it is no finding, as any other is.
fn let_the_parser_give_up() {
    let finding = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let parser = |place: &panic::Location<'_>| place.file().contains("ecma_parser");
        if !info.location().is_some_and(parser) {
            finding(info);
        }
    }));
}

/// The project's own schema, of which one file is replaced.
static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::from_iter([
        ("plugin.json", include_str!("../schema/plugin.json")),
        ("definitions.ts", include_str!("../schema/definitions.ts")),
        ("config.schema.json", include_str!("../schema/config.schema.json")),
    ])
});

/// A disk with nothing but these files.
struct Memory(BTreeMap<String, String>);

impl Disk for Memory {
    fn read(&self, path: &str) -> Option<String> {
        self.0.get(path).cloned()
    }

    fn is_file(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    fn folders(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn sources(&self, _: &str) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
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
