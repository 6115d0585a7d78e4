//! What crosses the C ABI: text, buffers, statuses, and the table of functions that the app fills.

use std::{
    ffi::c_void,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr::{self, NonNull},
    slice,
};

/// The version of this ABI, for [`RunnerHost::abi_version`](struct@RunnerHost).
pub const RUNNER_ABI_VERSION: u32 = 2;

/// The runners of an app, from `runner_new` to `runner_free`; 0 is none.
pub type RunnerHandle = u64;

/// A dispatch that was started; it stays valid until its outcome is delivered. 0 is none.
pub type RunnerDispatch = u64;

/// A question to the host; it stays valid until it is answered or cancelled. 0 is none.
pub type RunnerCall = u64;

/// Text or bytes that are lent for the duration of a call.
///
/// Text is UTF-8 and may contain NUL. `{NULL, 0}` is empty.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RunnerStr {
    /// The first byte; may be null when `len` is 0.
    pub ptr: *const u8,
    /// How many bytes there are.
    pub len: usize,
}

/// Bytes that belong to the receiver, who gives them to `runner_buffer_free`.
#[repr(C)]
#[derive(Debug)]
pub struct RunnerBuffer {
    /// The first byte; null when `len` is 0.
    pub ptr: *mut u8,
    /// How many bytes there are.
    pub len: usize,
}

/// How a function of this ABI went.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunnerStatus {
    /// It did what it says.
    Ok = 0,
    /// A pointer that must not be null is null.
    NullPointer = 1,
    /// A text is not UTF-8.
    InvalidUtf8 = 2,
    /// An argument makes no sense; `runner_new` tells more in `error`.
    InvalidArgument = 3,
    /// The handle was never given out, or is over.
    StaleHandle = 4,
    /// The host was compiled against another version of this ABI.
    AbiMismatch = 5,
    /// A bug of the runtime; it was caught, and the process is fine.
    Internal = 6,
    /// It did what it says, and nothing more is wanted until `resume` of the host is called.
    Wait = 7,
}

/// How much a log record matters.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunnerLevel {
    /// `console.trace`
    Trace = 0,
    /// `console.debug`
    Debug = 1,
    /// `console.log`
    Log = 2,
    /// `console.info`
    Info = 3,
    /// `console.warn`
    Warn = 4,
    /// `console.error`
    Error = 5,
}

/// One line that a script has to say.
#[repr(C)]
#[derive(Debug)]
pub struct RunnerLog {
    /// How much it matters.
    pub level: RunnerLevel,
    /// The dispatch that says it, as in its outcome.
    pub dispatch_id: u64,
    /// Milliseconds since 1970-01-01 UTC.
    pub time_ms: f64,
    /// The runner's label.
    pub label: RunnerStr,
    /// The event that it is working on.
    pub event: RunnerStr,
    /// What it says.
    pub text: RunnerStr,
}

/// What the app does for its runners.
///
/// The functions are called on threads of the runtime, several at a time, and may call any
/// function of this ABI. They must not unwind: no exception may leave them. What they are lent
/// is valid until they return.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RunnerHost {
    /// `RUNNER_ABI_VERSION`
    pub abi_version: u32,
    /// Handed to every function below.
    pub data: *mut c_void,
    /// Answers with the text of the file at `path`, which is relative to the bundle: the text
    /// with `runner_call_chunk`, then `runner_call_complete` with nothing; or `runner_call_fail`
    /// with the code `NOT_FOUND`. Must not be null.
    pub load: Option<unsafe extern "C" fn(data: *mut c_void, call: RunnerCall, path: RunnerStr)>,
    /// Answers a call of a device API with `runner_call_complete` (JSON, or nothing for no
    /// value) or `runner_call_fail`. `args_json` is a JSON array that matches the definition.
    /// When null, every device API is unavailable.
    pub call: Option<
        unsafe extern "C" fn(
            data: *mut c_void,
            call: RunnerCall,
            label: RunnerStr,
            api: RunnerStr,
            method: RunnerStr,
            args_json: RunnerStr,
        ),
    >,
    /// Transfers an HTTP request: answers with `runner_call_head`, then the body in
    /// `runner_call_chunk`s, then `runner_call_complete` with nothing; or `runner_call_fail`.
    /// `request_json` is `{"url", "method", "headers": [[name, value]...], "redirect"}`.
    /// The body's pointer is null where the request has none, and is not where that is empty.
    /// A chunk that is answered with the status `Wait` is the last one until `resume` is called.
    /// When null, every transfer fails.
    pub fetch: Option<
        unsafe extern "C" fn(
            data: *mut c_void,
            call: RunnerCall,
            request_json: RunnerStr,
            body: RunnerStr,
        ),
    >,
    /// The answer to `call` is no longer wanted; the handle is over. May be null.
    pub cancel: Option<unsafe extern "C" fn(data: *mut c_void, call: RunnerCall)>,
    /// The script wants more of the body that `call` answers with. It is called once for each
    /// status `Wait` of `runner_call_chunk`, unless `cancel` is; it may come before that function
    /// has returned. When null, the host is never told to wait, and a body that comes much faster
    /// than it is read fails with `OUT_OF_MEMORY`.
    pub resume: Option<unsafe extern "C" fn(data: *mut c_void, call: RunnerCall)>,
    /// Takes one record of a script's log. May be null.
    pub log: Option<unsafe extern "C" fn(data: *mut c_void, record: *const RunnerLog)>,
    /// The last call, after which `data` is not used any more. May be null.
    pub release: Option<unsafe extern "C" fn(data: *mut c_void)>,
}

/// An event for a runner.
#[repr(C)]
#[derive(Debug)]
pub struct RunnerRequest {
    /// The runner.
    pub label: RunnerStr,
    /// The event.
    pub event: RunnerStr,
    /// The handler's arguments, a JSON object; empty for `{}`.
    pub details: RunnerStr,
    /// Who asks, for the run's record; may be empty. A schedule is `schedule:` and its name, with
    /// the attempt `schedule#2:` and its name. Where `*` is the end, the event is for every runner with a
    /// handler, and one without has no record.
    pub trigger: RunnerStr,
    /// The time budget; 0 for the config's, or else 25 seconds.
    pub timeout_ms: u64,
    /// How long the script may go on after a cancel; usually 0.
    pub grace_ms: u64,
    /// The heap limit in bytes; 0 for the config's, or else 64 MiB.
    pub memory_limit: u64,
}

/// Hears of an outcome, on a thread of the runtime. `outcome_json` is
/// `{"outcome": "resolved", "value": any, "durationMs", "heapPeakBytes", "dispatchId"}` (no
/// `value` when there is none), or `{"outcome": "failed", "error": {"code", "name", "message",
/// "stack", "scriptCode", "cause"}, ...}`. It must not unwind.
pub type RunnerDone = Option<
    unsafe extern "C" fn(data: *mut c_void, dispatch: RunnerDispatch, outcome_json: RunnerStr),
>;

impl RunnerStr {
    /// No text at all, which is no empty one either.
    pub(crate) const NONE: Self = Self { ptr: ptr::null(), len: 0 };

    /// Lends Rust's text to C.
    pub(crate) fn lend(bytes: &(impl AsRef<[u8]> + ?Sized)) -> Self {
        let bytes = bytes.as_ref();
        Self { ptr: bytes.as_ptr(), len: bytes.len() }
    }

    /// The bytes that C lends.
    ///
    /// # Safety
    ///
    /// `ptr` is null, or readable for `len` bytes while the result is in use.
    pub(crate) unsafe fn bytes<'a>(self) -> Result<&'a [u8], RunnerStatus> {
        if self.len == 0 {
            return Ok(&[]);
        }
        if self.ptr.is_null() {
            return Err(RunnerStatus::NullPointer);
        }
        if isize::try_from(self.len).is_err() {
            return Err(RunnerStatus::InvalidArgument);
        }
        // SAFETY: not null, of a possible length, and readable by the contract.
        Ok(unsafe { slice::from_raw_parts(self.ptr, self.len) })
    }

    /// The text that C lends.
    ///
    /// # Safety
    ///
    /// As for [`RunnerStr::bytes`].
    pub(crate) unsafe fn text<'a>(self) -> Result<&'a str, RunnerStatus> {
        // SAFETY: the same contract.
        let bytes = unsafe { self.bytes() }?;
        str::from_utf8(bytes).map_err(|_| RunnerStatus::InvalidUtf8)
    }
}

impl RunnerBuffer {
    pub(crate) const EMPTY: Self = Self { ptr: ptr::null_mut(), len: 0 };

    /// Gives bytes away.
    pub(crate) fn give(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into().into_boxed_slice();
        if bytes.is_empty() {
            return Self::EMPTY;
        }
        let len = bytes.len();
        Self { ptr: Box::into_raw(bytes).cast(), len }
    }

    /// Frees what was given away.
    ///
    /// # Safety
    ///
    /// The buffer came from [`RunnerBuffer::give`] and was not freed, or is empty.
    pub(crate) unsafe fn free(self) {
        if !self.ptr.is_null() {
            let bytes = ptr::slice_from_raw_parts_mut(self.ptr, self.len);
            // SAFETY: these are the parts of a boxed slice, by the contract.
            drop(unsafe { Box::from_raw(bytes) });
        }
    }
}

/// A place of C's that a result is left in. What is there before is never looked at: it may be
/// anything.
pub(crate) struct Out<T>(NonNull<T>);

impl<T> Out<T> {
    /// The place, if there is one.
    ///
    /// # Safety
    ///
    /// `place` is null, or aligned and writable for as long as the result is in use.
    pub(crate) unsafe fn new(place: *mut T) -> Option<Self> {
        NonNull::new(place).map(Self)
    }

    /// Leaves `value`.
    pub(crate) fn set(&self, value: T) {
        // SAFETY: the place is writable by the contract of `new`. Nothing of what crosses has a
        // destructor that the overwritten value would miss.
        unsafe { self.0.write(value) }
    }
}

/// Runs the body of a function of the ABI; no panic leaves it.
pub(crate) fn guard(body: impl FnOnce() -> Result<(), RunnerStatus>) -> RunnerStatus {
    // What a panic may leave half done is behind locks that survive it.
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => RunnerStatus::Ok,
        Ok(Err(status)) => status,
        Err(_) => RunnerStatus::Internal,
    }
}
