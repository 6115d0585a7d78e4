//! A host behind the C ABI that says anything about a transfer, in any order, from several threads.

use std::{
    ffi::c_void,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use background_runner::abi::{
    RUNNER_ABI_VERSION, RunnerBuffer, RunnerCall, RunnerDispatch, RunnerHost, RunnerRequest,
    RunnerStatus, RunnerStr, runner_call_chunk, runner_call_complete, runner_call_fail,
    runner_call_head, runner_dispatch, runner_free, runner_new,
};

/// What a script may do with a response.
const READERS: [&str; 8] = [
    "await r.text()",
    "await r.json()",
    "await (async () => { for await (const piece of r.body) void piece })()",
    "await (async () => { const b = r.body.getReader({ mode: 'byob' }); await b.read(new Uint8Array(3)); await b.cancel(); })()",
    "await Promise.all(r.body.tee().map((b) => new Response(b).bytes()))",
    "await Promise.allSettled([r.clone().blob(), r.body.pipeTo(new WritableStream())])",
    "await r.body.pipeThrough(new TextDecoderStream()).cancel()",
    "(setTimeout(() => c.abort(), 1), await r.arrayBuffer())",
];

/// The host's side: what is said, by how many threads, and the transfer that it is said about.
struct Liar {
    source: String,
    words: Vec<u8>,
    threads: usize,
    call: AtomicU64,
    resumes: AtomicUsize,
    talking: Mutex<Vec<thread::JoinHandle<()>>>,
    released: mpsc::Sender<()>,
}

/// Runs the script that the first byte chooses against what the others say.
pub(crate) fn attack(data: &[u8]) {
    let [choice, words @ ..] = data else { return };
    let reader = READERS[usize::from(*choice) % READERS.len()];
    let (released, is_released) = mpsc::channel();
    let liar = Arc::new(Liar {
        source: format!(
            "addEventListener('e', async (resolve) => {{
                const c = new AbortController();
                try {{
                    const r = await fetch('https://a/', {{ signal: c.signal }});
                    {reader};
                    resolve('read');
                }} catch (error) {{ resolve(error.name) }}
            }})"
        ),
        words: words.iter().copied().take(64).collect(),
        threads: usize::from(*choice) / READERS.len() % 3 + 1,
        call: AtomicU64::new(0),
        resumes: AtomicUsize::new(0),
        talking: Mutex::default(),
        released,
    });
    let outcome = dispatch(&liar);
    let talking = std::mem::take(&mut *liar.talking.lock().expect("nobody panicked"));
    for thread in talking {
        thread.join().expect("nothing that a host says panics");
    }
    is_released.recv_timeout(Duration::from_secs(20)).expect("the host is let go");
    let known = ["\"outcome\":\"resolved\"", "OUT_OF_MEMORY", "DEADLINE_EXCEEDED"];
    assert!(known.iter().any(|known| outcome.contains(known)), "{outcome}");
    // What is said after the end is refused.
    let call = liar.call.load(Ordering::Acquire);
    assert!(call == 0 || say(call, 2) == RunnerStatus::StaleHandle);
}

fn dispatch(liar: &Arc<Liar>) -> String {
    let host = RunnerHost {
        abi_version: RUNNER_ABI_VERSION,
        data: Arc::into_raw(Arc::clone(liar)).cast_mut().cast(),
        load: Some(load),
        call: None,
        fetch: Some(fetch),
        cancel: None,
        resume: Some(resume),
        log: None,
        release: Some(release),
    };
    let settings = "{\"platform\":\"ios\",\"config\":{\"label\":\"a\",\"src\":\"runner.js\"}}";
    let (sender, outcome) = mpsc::channel::<String>();
    let sender = Box::into_raw(Box::new(sender));
    let request = RunnerRequest {
        label: lend("a"),
        event: lend("e"),
        details: lend(""),
        trigger: lend(""),
        timeout_ms: 150,
        grace_ms: 0,
        memory_limit: 4 << 20,
    };
    let (mut runner, mut error) = (0, RunnerBuffer { ptr: std::ptr::null_mut(), len: 0 });
    // SAFETY: all that is lent outlives the calls; `done` takes the sender, once.
    unsafe {
        let made = runner_new(&raw const host, lend(settings), &raw mut runner, &raw mut error);
        assert_eq!(made, RunnerStatus::Ok);
        let none = std::ptr::null_mut();
        let begun = runner_dispatch(runner, &raw const request, Some(done), sender.cast(), none);
        assert_eq!(begun, RunnerStatus::Ok);
    }
    let outcome = outcome.recv_timeout(Duration::from_secs(20)).expect("every dispatch has an end");
    assert_eq!(runner_free(runner), RunnerStatus::Ok);
    outcome
}

fn lend(text: &str) -> RunnerStr {
    RunnerStr { ptr: text.as_ptr(), len: text.len() }
}

/// Says one thing about a transfer.
fn say(call: RunnerCall, word: u8) -> RunnerStatus {
    static BYTES: [u8; 1 << 16] = [b'7'; 1 << 16];
    let size = match word / 8 {
        large if word % 8 == 3 => usize::from(large) << 11,
        small => usize::from(small),
    };
    let piece = RunnerStr { ptr: BYTES.as_ptr(), len: size };
    // SAFETY: what is lent lives for ever.
    unsafe {
        match word % 8 {
            0 => runner_call_head(call, lend("{\"status\":200}")),
            1 => runner_call_head(call, piece),
            2 | 3 => runner_call_chunk(call, piece),
            4 => runner_call_complete(call, lend("")),
            5 => runner_call_complete(call, piece),
            6 => runner_call_fail(call, lend("{\"code\":\"X\",\"message\":\"m\"}")),
            _ => {
                thread::sleep(Duration::from_micros(50 * u64::from(word / 8)));
                RunnerStatus::Ok
            }
        }
    }
}

/// Says every so many words of them all; sometimes it waits when it is told to.
fn talk(liar: &Liar, call: RunnerCall, first: usize) {
    for word in liar.words.iter().skip(first).step_by(liar.threads) {
        let before = liar.resumes.load(Ordering::Acquire);
        if say(call, *word) == RunnerStatus::Wait && word & 8 == 0 {
            for _ in 0..20 {
                if liar.resumes.load(Ordering::Acquire) != before {
                    break;
                }
                thread::sleep(Duration::from_micros(100));
            }
        }
    }
}

/// The host behind `data`.
///
/// # Safety
///
/// `data` was not released.
unsafe fn liar(data: *mut c_void) -> Arc<Liar> {
    // SAFETY: the count is one more than that of the reference which `data` is.
    unsafe {
        Arc::increment_strong_count(data.cast::<Liar>());
        Arc::from_raw(data.cast::<Liar>())
    }
}

unsafe extern "C" fn load(data: *mut c_void, call: RunnerCall, _path: RunnerStr) {
    // SAFETY: the ABI calls with the host's `data`; the text outlives the call.
    unsafe {
        let liar = liar(data);
        runner_call_complete(call, lend(&liar.source));
    }
}

unsafe extern "C" fn fetch(
    data: *mut c_void,
    call: RunnerCall,
    _request: RunnerStr,
    _body: RunnerStr,
) {
    // SAFETY: the ABI calls with the host's `data`.
    let liar = unsafe { liar(data) };
    liar.call.store(call, Ordering::Release);
    let mut talking = liar.talking.lock().expect("nobody panicked");
    for first in 0..liar.threads {
        let liar = Arc::clone(&liar);
        talking.push(thread::spawn(move || talk(&liar, call, first)));
    }
}

unsafe extern "C" fn resume(data: *mut c_void, _call: RunnerCall) {
    // SAFETY: the ABI calls with the host's `data`.
    unsafe { liar(data) }.resumes.fetch_add(1, Ordering::Release);
}

unsafe extern "C" fn release(data: *mut c_void) {
    // SAFETY: this is the last use of the reference that `dispatch` gave away.
    let liar = unsafe { Arc::from_raw(data.cast::<Liar>()) };
    let _ = liar.released.send(());
}

unsafe extern "C" fn done(data: *mut c_void, _dispatch: RunnerDispatch, outcome: RunnerStr) {
    // SAFETY: the sender was given away for this one call; the text is lent for it.
    unsafe {
        let sender = Box::from_raw(data.cast::<mpsc::Sender<String>>());
        let text = std::slice::from_raw_parts(outcome.ptr, outcome.len);
        let _ = sender.send(String::from_utf8_lossy(text).into_owned());
    }
}
