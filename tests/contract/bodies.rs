//! Bodies: every consumer of every body ends as its standard says, and a transfer is as fast as its
//! reader (rules W5 and D12).

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use background_runner::{Code, FetchHead, FetchReply, FetchRequest, Flow, HostError};

use crate::host::{Case, handler};

/// The memory limit of these worlds.
const LIMIT: usize = 8 << 20;

const CHUNK: usize = 64 * 1024;

/// What a body may hold while nobody reads it, and a piece that is on its way.
const WINDOW: usize = 256 * 1024 + 2 * CHUNK;

const MULTIPART: &str = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n";

/// Ways to read the response `r`; each gives how many bytes, characters or entries there were.
const CONSUMERS: [(&str, &str); 17] = [
    ("text", "(await r.text()).length"),
    ("json", "JSON.stringify(await r.json()).length"),
    ("arrayBuffer", "(await r.arrayBuffer()).byteLength"),
    ("bytes", "(await r.bytes()).length"),
    ("blob", "(await r.blob()).size"),
    ("formData", "[...await r.formData()].length"),
    ("reader", "await drain(r.body)"),
    ("byob", "await drainInto(r.body)"),
    ("tee", "await Promise.all(r.body.tee().map(drain)).then(([a, b]) => a === b ? a : 'differ')"),
    ("clone", "await (async () => { const c = r.clone(); const all = await Promise.allSettled([r.bytes(), c.bytes()]);
        for (const { reason } of all) if (reason) throw reason; return all[0].value.length; })()"),
    ("pipeTo", "await (async () => { let n = 0; await r.body.pipeTo(new WritableStream({ write(c) { n += c.length } })); return n; })()"),
    ("decoder", "await drain(r.body.pipeThrough(new TextDecoderStream()))"),
    ("inflate", "await drain(r.body.pipeThrough(new DecompressionStream('gzip')))"),
    ("response", "(await new Response(r.body).text()).length"),
    ("request", "(await new Request('https://a/', { method: 'POST', body: r.body, duplex: 'half' }).text()).length"),
    ("iteration", "await (async () => { let n = 0; for await (const c of r.body) n += c.length; return n; })()"),
    ("upload", "await fetch('https://server.test/echo', { method: 'POST', body: r.body, duplex: 'half' }).then((e) => e.text()).then((t) => t.length)"),
];

/// What the script does with the response before it is read.
const BEFORE: [(&str, &str); 5] = [
    ("locked", "r.body.getReader();"),
    ("cancelled", "await r.body.cancel();"),
    ("disturbed", "const d = r.body.getReader(); await d.read(); d.releaseLock();"),
    ("used", "await r.text();"),
    ("aborted", "setTimeout(() => controller.abort(), 5);"),
];

const HELPERS: &str = "
    const drain = async (stream) => {
        const reader = stream.getReader();
        for (let n = 0; ;) { const { done, value } = await reader.read(); if (done) return n; n += value.length; }
    };
    const drainInto = async (stream) => {
        const reader = stream.getReader({ mode: 'byob' });
        let buffer = new ArrayBuffer(5000);
        for (let n = 0; ;) {
            const { done, value } = await reader.read(new Uint8Array(buffer));
            if (done) return n;
            n += value.length;
            buffer = value.buffer;
        }
    };";

/// The outcome of one consumer of one body: a number, the name of what was thrown, or a code.
fn outcome(body: &str, consumer: &str) -> String {
    let before = BEFORE.iter().find(|(name, _)| *name == body).map_or("", |(_, before)| before);
    let case = handler(&format!(
        "{HELPERS} (async () => {{
            const controller = new AbortController();
            const r = await fetch('https://server.test/{body}', {{ signal: controller.signal }});
            try {{ {before} return {consumer}; }} catch (error) {{ return error.name; }}
        }})().then(resolve, reject)"
    ));
    match serving(case).run().result {
        Ok(value) => value.unwrap_or_default().trim_matches('"').to_owned(),
        Err(error) => format!("{:?}", error.code),
    }
}

/// A world of the limit whose host serves the bodies.
fn serving(case: Case) -> Case {
    case.memory(LIMIT).timeout(Duration::from_secs(30)).host(|host| {
        host.fetches = Box::new(|request, reply| {
            thread::spawn(move || serve(&request, reply));
        });
    })
}

fn serve(request: &FetchRequest, reply: FetchReply) {
    let path = request.url.rsplit('/').next().unwrap_or_default();
    let headers = match path {
        "multipart" => vec![("content-type".into(), "multipart/form-data; boundary=b".into())],
        _ => Vec::new(),
    };
    reply.head(FetchHead { status: 200, headers, ..FetchHead::default() });
    let body: &[u8] = match path {
        "empty" => b"",
        "echo" => request.body.as_deref().unwrap_or_default(),
        "multipart" => MULTIPART.as_bytes(),
        "invalid" => b"\xffa",
        "half" | "large" => {
            send(&reply, if path == "half" { LIMIT / 8 * 5 } else { LIMIT * 2 });
            b""
        }
        "broken" | "aborted" => b"he",
        _ => b"hello",
    };
    reply.chunk(body);
    if path == "broken" {
        return reply.fail(HostError::new("CONNECTION_LOST", "the connection broke"));
    }
    while path == "aborted" && !reply.is_cancelled() {
        thread::sleep(Duration::from_millis(1));
    }
    reply.done();
}

/// Sends as many bytes as the script reads; gives how many those were.
fn send(reply: &FetchReply, total: usize) -> usize {
    let mut sent = 0;
    while sent < total {
        let length = CHUNK.min(total - sent);
        sent += length;
        match reply.chunk(vec![b'a'; length]) {
            Flow::More => {}
            Flow::Wait => {
                let (resume, resumed) = mpsc::channel();
                reply.on_resume(move || resume.send(()).unwrap_or_default());
                // An error: the hook was dropped, since nobody wants more.
                if resumed.recv().is_err() {
                    break;
                }
            }
            Flow::Over => break,
        }
    }
    sent
}

/// What a consumer of a body comes to.
fn expected(body: &str, consumer: &str) -> String {
    let whole = matches!(consumer, "text" | "json" | "arrayBuffer" | "bytes" | "blob" | "formData");
    let gathers = whole || matches!(consumer, "clone" | "response" | "request" | "upload");
    let bytes = match body {
        "empty" | "cancelled" | "disturbed" => 0,
        "invalid" => 2,
        "multipart" => MULTIPART.len(),
        "half" => LIMIT / 8 * 5,
        "large" => LIMIT * 2,
        _ => 5,
    };
    let name = match (body, consumer) {
        ("locked" | "used" | "broken", _) => "TypeError",
        ("aborted", _) => "AbortError",
        ("cancelled" | "disturbed", _) if gathers => "TypeError",
        ("half" | "large", _) if gathers => "InternalError",
        (_, "json") => "SyntaxError",
        ("multipart", "formData") => return "1".to_owned(),
        (_, "inflate" | "formData") => "TypeError",
        ("invalid", "upload") => return "2".to_owned(),
        _ => return bytes.to_string(),
    };
    name.to_owned()
}

#[test]
fn w5_every_consumer_of_every_body_ends_as_its_standard_says() {
    let bodies = ["empty", "small", "half", "large", "broken", "invalid", "multipart"];
    let mut wrong = Vec::new();
    for body in bodies.into_iter().chain(BEFORE.iter().map(|(name, _)| *name)) {
        for (name, consumer) in CONSUMERS {
            let (found, expected) = (outcome(body, consumer), expected(body, name));
            // A world at its limit may also be stopped before its script hears of it.
            let stopped =
                expected == "InternalError" && found == format!("{:?}", Code::OutOfMemory);
            if found != expected && !stopped {
                wrong.push(format!("{body} by {name}: {found}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn d12_a_body_that_does_not_fit_is_out_of_memory() {
    for consumer in
        ["r.text()", "r.json()", "r.bytes()", "r.clone().blob()", "new Response(r.body).text()"]
    {
        let case = handler(&format!(
            "fetch('https://server.test/large').then((r) => {consumer}).then(resolve, reject)"
        ));
        let error = serving(case).failure();
        assert_eq!(error.code, Code::OutOfMemory, "{consumer}: {error:?}");
    }
}

/// Counts what a host has sent of a body of 1 GB when the dispatch is over.
fn sent_of_a_gigabyte(body: &str) -> usize {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let case = handler(body).memory(LIMIT).timeout(Duration::from_secs(30)).host(|host| {
        host.fetches = Box::new(move |_, reply| {
            let count = Arc::clone(&count);
            thread::spawn(move || {
                reply.head(FetchHead { status: 200, ..FetchHead::default() });
                count.fetch_add(send(&reply, 1 << 30), Ordering::Release);
                reply.done();
            });
        });
    });
    case.value();
    thread::sleep(Duration::from_millis(100));
    sent.load(Ordering::Acquire)
}

#[test]
fn w5_a_body_that_nobody_reads_is_not_sent() {
    let sent = sent_of_a_gigabyte("fetch('https://a/').then(() => setTimeout(resolve, 100))");
    assert!((1..=WINDOW).contains(&sent), "{sent} bytes");
    // Neither is more than was asked for, nor what is left when the script has enough.
    let sent = sent_of_a_gigabyte(
        "fetch('https://a/').then(async (r) => {
            const reader = r.body.getReader();
            for (let n = 0; n < 10; n++) await reader.read();
            await reader.cancel();
            setTimeout(resolve, 50);
        })",
    );
    assert!((10 * CHUNK..=10 * CHUNK + WINDOW).contains(&sent), "{sent} bytes");
    // All of them together have a share of the limit.
    let sent = sent_of_a_gigabyte(
        "Promise.all(Array.from({ length: 40 }, () => fetch('https://a/'))).then(() => setTimeout(resolve, 100))",
    );
    assert!(sent <= LIMIT / 8 + 41 * CHUNK, "{sent} bytes");
}

#[test]
fn w5_a_host_that_does_not_wait_is_told_off() {
    let (said, hears) = mpsc::channel();
    let case = handler("fetch('https://a/').then((r) => setTimeout(() => r.text().then(resolve, reject), 300), reject)")
        .memory(LIMIT)
        .host(|host| {
            let said = std::sync::Mutex::new(said);
            host.fetches = Box::new(move |_, reply| {
                let said = said.lock().unwrap().clone();
                thread::spawn(move || {
                    reply.head(FetchHead { status: 200, ..FetchHead::default() });
                    let mut sent = 0;
                    while reply.chunk(vec![0; CHUNK]) != Flow::Over && sent < LIMIT * 4 {
                        sent += CHUNK;
                    }
                    said.send(sent).unwrap();
                });
            });
        });
    assert_eq!(case.failure().code, Code::OutOfMemory);
    let sent = hears.recv().unwrap();
    assert!(sent <= LIMIT, "{sent} bytes");
}

#[test]
fn d9_a_body_that_nobody_reads_holds_up_nothing() {
    let error = serving(handler("fetch('https://server.test/large').then(() => {})")).failure();
    assert_eq!(error.code, Code::NeverSettled);
}

#[test]
fn d12_the_body_of_a_request_counts_once_more() {
    let post =
        "fetch('https://server.test/status', { method: 'POST', body: new Uint8Array(SIZE) })";
    for (size, code) in [(1 << 20, None), (3 << 20, Some(Code::OutOfMemory))] {
        let post = post.replace("SIZE", &size.to_string());
        let case = serving(handler(&format!("{post}.then((r) => resolve(r.status), reject)")));
        assert_eq!(case.run().result.err().map(|error| error.code), code, "{size}");
    }
}

#[test]
fn w2_signals_hold_only_what_somebody_would_hear() {
    let case = handler(
        "const { signal } = new AbortController();
         for (let n = 0; n < 60000; n++) { AbortSignal.any([signal]); new Request('https://a/', { signal }); }
         resolve('done')",
    );
    assert_eq!(case.memory(LIMIT).timeout(Duration::from_mins(1)).value(), "\"done\"");
    let case = handler(
        "const c = new AbortController(); const heard = [];
         AbortSignal.any([c.signal]).addEventListener('abort', () => heard.push('listener'));
         AbortSignal.any([AbortSignal.any([c.signal])]).onabort = () => heard.push('handler');
         new EventTarget().addEventListener('x', () => {}, { signal: AbortSignal.any([c.signal]) });
         for (let n = 0; n < 30000; n++) AbortSignal.any([c.signal]);
         setTimeout(() => { c.abort(); resolve(heard) }, 1)",
    );
    assert_eq!(case.value(), "[\"listener\",\"handler\"]");
}

#[test]
fn w5_a_response_that_nobody_can_read_any_more_ends_its_transfer() {
    let (told, hears) = mpsc::channel();
    let told = std::sync::Mutex::new(told);
    let serve = move |_, reply: FetchReply| {
        let told = told.lock().unwrap().clone();
        reply.on_cancel(move || told.send(()).unwrap_or_default());
        thread::spawn(move || {
            reply.head(FetchHead { status: 200, ..FetchHead::default() });
            send(&reply, 1 << 30);
        });
    };
    // With a signal that lives on, as with none; what is being read stays.
    let case = handler(
        "(async () => {
            const { signal } = new AbortController();
            const kept = (await fetch('https://a/kept')).body.getReader();
            for (let n = 0; n < 400; n++) await fetch('https://a/', n % 2 ? { signal } : undefined);
            return (await kept.read()).value.length;
        })().then(resolve, reject)",
    );
    let case = case
        .memory(LIMIT)
        .timeout(Duration::from_mins(1))
        .host(|host| host.fetches = Box::new(serve));
    assert_eq!(case.value(), CHUNK.to_string());
    // All have ended with the dispatch at the latest: that they fit is what is shown.
    assert!(hears.recv_timeout(Duration::from_secs(5)).is_ok());

    // Who waits for a body keeps it, whatever else is forgotten.
    let waits =
        "fetch('https://server.test/half').then((r) => r.body.getReader()).then(async (reader) => {
            for (;;) if ((await reader.read()).done) return resolve('read');
        });
        setTimeout(() => { for (let n = 0; n < 3000; n++) ({ n }).self = {}; }, 1);";
    assert_eq!(serving(handler(waits)).value(), "\"read\"");
}
