//! What a WebAssembly module has beside the C functions: its host is imported, and somebody else turns
//! the event loop.
//!
//! The module `background_runner` of the imports is the table of [`RunnerHost`] as functions, and what
//! no module has by itself: time, chance, the time zone. Where C passes a struct, a pointer to it is
//! passed, as tools do; handles are 64 bits wide. `runner_embed` stands for `runner_new`, `runner_begin`
//! for `runner_dispatch`.

use std::{
    alloc::{Layout, alloc, dealloc},
    ffi::{c_int, c_long, c_void},
    ptr,
    sync::Arc,
    time::Duration,
};

use crate::{
    abi::{
        RUNNERS, open, parsed, runner_dispatch,
        types::{
            Out, RUNNER_ABI_VERSION, RunnerBuffer, RunnerCall, RunnerDispatch, RunnerHandle,
            RunnerHost, RunnerLog, RunnerRequest, RunnerStatus, RunnerStr, guard,
        },
        vtable::CHost,
    },
    clock::{Clock, RealClock, imported::duration, millis},
    host::{FetchReply, FetchRequest, Host, HostCall, LogRecord, Reply},
};

#[link(wasm_import_module = "background_runner")]
unsafe extern "C" {
    fn load(data: *mut c_void, call: RunnerCall, path: RunnerStr);
    fn call(
        data: *mut c_void,
        call: RunnerCall,
        label: RunnerStr,
        api: RunnerStr,
        method: RunnerStr,
        args_json: RunnerStr,
    );
    fn fetch(data: *mut c_void, call: RunnerCall, request_json: RunnerStr, body: RunnerStr);
    fn cancel(data: *mut c_void, call: RunnerCall);
    fn resume(data: *mut c_void, call: RunnerCall);
    /// Where in the script the next record of the log was made, if the settings ask for it.
    fn place(data: *mut c_void, place: RunnerStr);
    fn log(data: *mut c_void, record: *const RunnerLog);
    fn release(data: *mut c_void);
    fn done(data: *mut c_void, dispatch: RunnerDispatch, outcome_json: RunnerStr);
    /// A script is at work and leaves nobody else the thread: the time to cancel it.
    fn look(data: *mut c_void);
    /// Milliseconds of a runner's own clock, since some beginning and since 1970.
    fn clock_now(data: *mut c_void) -> f64;
    fn clock_wall(data: *mut c_void) -> f64;
    /// How many seconds the local time is ahead of UTC at a time in milliseconds since 1970.
    safe fn zone(time: f64) -> f64;
    /// Fills bytes from a secure generator.
    fn random(start: *mut u8, len: usize);
}

/// Makes the runners of an app, whose host are the imports. With `is_virtual` its clock is what
/// `clock_now` and `clock_wall` say.
///
/// # Safety
///
/// As of [`runner_new`](crate::abi::runner_new); `data` is handed to the imports.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_embed(
    data: *mut c_void,
    settings_json: RunnerStr,
    is_virtual: bool,
    out: *mut RunnerHandle,
    error: *mut RunnerBuffer,
) -> RunnerStatus {
    guard(|| {
        // SAFETY: the contract above, point for point.
        let (settings, out, error) =
            unsafe { (settings_json.text()?, Out::new(out), Out::new(error)) };
        let out = out.ok_or(RunnerStatus::NullPointer)?;
        let settings = parsed(settings, error)?;
        // SAFETY: the imports keep to the contract of the table.
        let host = unsafe { CHost::new(imports(data)) };
        let host = Embedder { host, imported: Arc::new(Imported(data)), is_virtual };
        out.set(open(settings, Arc::new(host))?);
        Ok(())
    })
}

/// Starts dispatching an event; `done` of the imports is called in one of the next turns.
///
/// # Safety
///
/// As of [`runner_dispatch`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_begin(
    runner: RunnerHandle,
    request: *const RunnerRequest,
    data: *mut c_void,
    out: *mut RunnerDispatch,
) -> RunnerStatus {
    // SAFETY: the contract above.
    unsafe { runner_dispatch(runner, request, Some(done), data, out) }
}

/// Gives the next dispatch its number; later ones have those after it.
#[unsafe(no_mangle)]
pub extern "C" fn runner_number(runner: RunnerHandle, next: u64) -> RunnerStatus {
    guard(|| {
        RUNNERS.get(runner, Arc::clone)?.number(next);
        Ok(())
    })
}

/// What is left after a turn.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RunnerRest {
    /// When one of the dispatches has something to do again, in milliseconds from now, or from the
    /// runner's own time; sooner, when the host answers or somebody cancels.
    pub at_most_ms: f64,
    /// How many dispatches are left.
    pub dispatches: u32,
    /// Whether one of them waits for an answer of the host.
    pub for_host: bool,
}

/// Takes every dispatch on until it is over or has to wait, and says until when.
///
/// # Safety
///
/// `out` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_turn(runner: RunnerHandle, out: *mut RunnerRest) -> RunnerStatus {
    guard(|| {
        let runner = RUNNERS.get(runner, Arc::clone)?;
        let rest = runner.turn();
        // SAFETY: the contract above.
        if let Some(out) = unsafe { Out::new(out) } {
            let dispatches = u32::try_from(rest.dispatches).unwrap_or(u32::MAX);
            let (at_most_ms, for_host) = (millis(rest.at_most), rest.for_host);
            out.set(RunnerRest { at_most_ms, dispatches, for_host });
        }
        Ok(())
    })
}

/// How many allocations there were while the runners' settings have one fail, which tests do.
#[unsafe(no_mangle)]
pub extern "C" fn runner_allocations(runner: RunnerHandle) -> usize {
    RUNNERS.get(runner, |runner| runner.allocations()).unwrap_or_default()
}

/// Room for what is to be lent to the module; null when there is none.
#[unsafe(no_mangle)]
pub extern "C" fn runner_alloc(len: usize) -> *mut u8 {
    match layout(len) {
        // SAFETY: the layout has a size.
        Some(layout) => unsafe { alloc(layout) },
        None => ptr::null_mut(),
    }
}

/// Gives that room back.
///
/// # Safety
///
/// It came from [`runner_alloc`] with this length, and was not given back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_dealloc(start: *mut u8, len: usize) {
    if let Some(layout) = layout(len).filter(|_| !start.is_null()) {
        // SAFETY: the contract above.
        unsafe { dealloc(start, layout) };
    }
}

/// Structs of the interface need no more than 8 bytes of alignment.
fn layout(len: usize) -> Option<Layout> {
    Layout::from_size_align(len.max(1), 8).ok()
}

/// The table of the imports.
fn imports(data: *mut c_void) -> RunnerHost {
    RunnerHost {
        abi_version: RUNNER_ABI_VERSION,
        data,
        load: Some(load),
        call: Some(call),
        fetch: Some(fetch),
        cancel: Some(cancel),
        resume: Some(resume),
        log: Some(log),
        release: Some(release),
    }
}

/// The imported host, with a clock of its own where it has one.
struct Embedder {
    host: CHost,
    imported: Arc<Imported>,
    is_virtual: bool,
}

impl Host for Embedder {
    fn load(&self, path: &str, reply: Reply) {
        self.host.load(path, reply);
    }

    fn call(&self, call: HostCall, reply: Reply) {
        self.host.call(call, reply);
    }

    fn fetch(&self, request: FetchRequest, reply: FetchReply) {
        self.host.fetch(request, reply);
    }

    fn log(&self, record: &LogRecord<'_>) {
        if let Some(at) = record.place {
            // SAFETY: the data is the embedder's; the text lives until the call returns.
            unsafe { place(self.imported.0, RunnerStr::lend(at)) };
        }
        self.host.log(record);
    }

    fn look(&self) {
        // SAFETY: it is the data that the embedder gave.
        unsafe { look(self.imported.0) };
    }

    fn clock(&self) -> Arc<dyn Clock> {
        if self.is_virtual {
            return Arc::clone(&self.imported) as _;
        }
        Arc::new(RealClock::new())
    }
}

/// What the embedder gave: it is asked for the time of a clock that it moves.
struct Imported(*mut c_void);

// SAFETY: there is one thread.
unsafe impl Send for Imported {}
// SAFETY: as above.
unsafe impl Sync for Imported {}

impl Clock for Imported {
    fn now(&self) -> Duration {
        // SAFETY: it is the data that the embedder gave.
        duration(unsafe { clock_now(self.0) })
    }

    fn wall(&self) -> f64 {
        // SAFETY: as above.
        unsafe { clock_wall(self.0) }
    }

    fn is_virtual(&self) -> bool {
        true
    }
}

/// C's `struct tm`, of which the engine reads how far the local time is ahead.
#[repr(C)]
struct Tm {
    fields: [c_int; 9],
    ahead: c_long,
    zone: *const u8,
}

/// What the engine's `localtime_r` is linked to: the engine's own knows UTC alone.
///
/// # Safety
///
/// `time` is readable, `result` writable.
#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap_localtime_r(time: *const i64, result: *mut Tm) -> *mut Tm {
    #[expect(clippy::cast_precision_loss, reason = "a date is exact in a double")]
    // SAFETY: the contract above.
    let seconds = unsafe { time.read() } as f64;
    #[expect(clippy::cast_possible_truncation, reason = "a day has few seconds")]
    let ahead = zone(seconds * 1000.0) as c_long;
    // SAFETY: the contract above.
    unsafe { result.write(Tm { fields: [0; 9], ahead, zone: ptr::null() }) };
    result
}

/// The generator of chance, by the name that `getrandom` looks for.
///
/// # Safety
///
/// `start` is writable for `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(
    start: *mut u8,
    len: usize,
) -> Result<(), getrandom::Error> {
    // SAFETY: the contract above.
    unsafe { random(start, len) };
    Ok(())
}
