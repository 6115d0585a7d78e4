//! The memory of one world: counted, limited, and given back.

mod compiler;

use std::{
    alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc},
    fmt,
    ptr::{self, NonNull},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    thread::{self, ThreadId},
};

use rquickjs::{Ctx, allocator::Allocator, qjs};

use self::compiler::Compiler;
use crate::lock::lock;

/// The highest limit on a 32-bit processor. It addresses not much more, and what the system refuses,
/// instead of the limit, ends the process.
const MOST: usize = 1 << 30;

/// From this size on, a block that exceeds the limit is refused: the script sees an error.
const LARGE: usize = 1024 * 1024;

/// What smaller blocks may exceed the limit by, in the step that reaches it.
///
/// The engine does not survive the failure of every small allocation, so a script that reaches
/// its limit bit by bit still gets them, and is stopped at its next step (see [`Usage::stop`]).
const RESERVE: usize = 14 * 1024 * 1024;

/// From this size on, a block is refused when the dispatch is over: what asks for one in a loop ends.
const LATE: usize = 64 * 1024;

/// The size of a block is kept in front of it, as the engine asks for it back, and whether it was
/// zeroed.
const HEADER: usize = 16;

/// A world is made out of a block of this size, got in one piece before there is an engine.
///
/// So a machine without memory is noticed where it can be told. Blocks that were given back are
/// not used again, which is fine for what lives as long as the world.
///
/// A fuzzer's sanitizer wants to see each block by itself, so there it holds next to nothing.
const NURSERY: usize = if cfg!(fuzzing) { HEADER } else { 256 * 1024 };

/// How much memory a world holds, and how much it may.
///
/// What the engine holds is written by the world's own thread only; others may look.
#[derive(Debug)]
pub(crate) struct Usage {
    limit: usize,
    /// Up to where nothing is refused: the limit, and nothing at all when the dispatch is over.
    ceiling: AtomicUsize,
    /// What the engine holds.
    used: AtomicUsize,
    /// What Rust holds for the script: see [`crate::engine::memory`].
    charged: AtomicUsize,
    peak: AtomicUsize,
    /// The limit counts when the world is complete.
    armed: AtomicBool,
    exhausted: AtomicBool,
    stopped: AtomicBool,
    pub(crate) compiler: Compiler,
    /// The engine, while the limit counts.
    engine: Mutex<Engine>,
    /// Where it is used.
    thread: OnceLock<ThreadId>,
    /// Whether the dispatch's time is over, where no other thread sees to it.
    time: OnceLock<TimeIsOver>,
    faults: Faults,
}

/// Looks at the clock.
struct TimeIsOver(Box<dyn Fn() -> bool + Send + Sync>);

impl fmt::Debug for TimeIsOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TimeIsOver")
    }
}

/// The engine of a world, or null.
#[derive(Debug)]
struct Engine(*mut qjs::JSRuntime);

// SAFETY: who has the lock uses the pointer for nothing but `JS_SetMaxStackSize`, of which
// `Usage::forbid_calls` says why any thread may call it.
unsafe impl Send for Engine {}

impl Usage {
    /// The usage of the world that a context belongs to.
    pub(crate) fn of(ctx: &Ctx<'_>) -> Arc<Self> {
        // SAFETY: the context is alive, and nobody but `attach` says what is attached to it.
        let usage = unsafe { qjs::JS_GetContextOpaque(ctx.as_raw().as_ptr()) };
        #[expect(clippy::expect_used, reason = "no script runs before `attach`")]
        let usage = NonNull::new(usage.cast::<Self>()).expect("a context has its usage");
        // SAFETY: `attach` left a pointer of an `Arc`, which the heap of the context's engine has.
        unsafe {
            Arc::increment_strong_count(usage.as_ptr());
            Arc::from_raw(usage.as_ptr())
        }
    }

    /// Makes this the usage that [`Usage::of`] finds.
    ///
    /// # Safety
    ///
    /// The context's engine has the [`Heap`] of this usage.
    pub(crate) unsafe fn attach(self: &Arc<Self>, ctx: &Ctx<'_>) {
        let usage = Arc::as_ptr(self).cast_mut().cast();
        // SAFETY: the context is alive, and the usage as well for as long as its heap is.
        unsafe { qjs::JS_SetContextOpaque(ctx.as_raw().as_ptr(), usage) }
    }

    pub(crate) fn new(limit: usize, faults: Faults) -> Self {
        let limit = if cfg!(target_pointer_width = "32") { limit.min(MOST) } else { limit };
        Self {
            limit,
            ceiling: AtomicUsize::new(limit),
            used: AtomicUsize::new(0),
            charged: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            armed: AtomicBool::new(false),
            exhausted: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            compiler: Compiler::default(),
            engine: Mutex::new(Engine(ptr::null_mut())),
            thread: OnceLock::new(),
            time: OnceLock::new(),
            faults,
        }
    }

    /// The world is complete: from now on the limit counts. False when it is over it already.
    ///
    /// # Safety
    ///
    /// `engine` is the one that this memory is for, used on this thread only, and lives until
    /// [`Usage::disarm`].
    pub(crate) unsafe fn arm(&self, engine: *mut qjs::JSRuntime) -> bool {
        lock(&self.engine).0 = engine;
        let _ = self.thread.set(thread::current().id());
        self.armed.store(true, Relaxed);
        if self.has_expired() {
            self.forbid_calls();
        }
        self.total() <= self.limit
    }

    /// The world is about to end: nothing is refused any more.
    pub(crate) fn disarm(&self) {
        self.armed.store(false, Relaxed);
        lock(&self.engine).0 = ptr::null_mut();
    }

    /// Whether the script was stopped for what it holds; from then on it stays so.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Relaxed)
    }

    /// The most that may be held.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// The most that was held at one time.
    pub(crate) fn peak(&self) -> usize {
        self.peak.load(Relaxed)
    }

    /// Whether something was refused.
    pub(crate) fn exhausted(&self) -> bool {
        self.exhausted.load(Relaxed)
    }

    /// What is held by the engine and by Rust.
    fn total(&self) -> usize {
        self.used.load(Relaxed).saturating_add(self.charged.load(Relaxed))
    }

    /// Counts `size` bytes that Rust is about to hold, on any thread; false when that is too much.
    pub(crate) fn charge(&self, size: usize) -> bool {
        if size == 0 {
            return true;
        }
        let armed = self.armed.load(Relaxed);
        if armed && (size > self.limit || self.faults.strike().is_some()) {
            return self.refuse();
        }
        self.charged.fetch_add(size, Relaxed);
        let is_over = armed && self.total() > self.ceiling.load(Relaxed);
        if is_over && (self.has_expired() || !self.fits_without_garbage()) {
            self.discharge(size);
            return self.refuse();
        }
        self.peak.fetch_max(self.total(), Relaxed);
        true
    }

    /// Whether `size` bytes more fit.
    pub(crate) fn has_room(&self, size: usize) -> bool {
        !self.armed.load(Relaxed) || self.total().saturating_add(size) <= self.limit
    }

    /// Whether what is held fits when garbage has gone. The engine looks for cycles when its own heap
    /// grows, and knows nothing of what these hold in Rust's.
    fn fits_without_garbage(&self) -> bool {
        let engine = lock(&self.engine).0;
        if !engine.is_null() && self.thread.get() == Some(&thread::current().id()) {
            // SAFETY: by the contract of `arm` the engine is alive and this is its thread, where Rust
            // is called by it: that may make objects, and so may have the garbage collected.
            unsafe { qjs::JS_RunGC(engine) };
        }
        self.total() <= self.limit
    }

    /// Takes back what [`Usage::charge`] counted.
    pub(crate) fn discharge(&self, size: usize) {
        self.charged.fetch_sub(size, Relaxed);
    }

    /// Notes that something was refused: the one place where that is decided. Always false.
    pub(crate) fn refuse(&self) -> bool {
        self.exhausted.store(true, Relaxed);
        false
    }

    /// Counts `size` bytes that the engine holds; false when they are refused. `grows` says that a
    /// block gets them which has as many, and may be one of the compiler's.
    fn take(&self, size: usize, grows: bool) -> bool {
        let total = self.total().saturating_add(size);
        if self.armed.load(Relaxed) && !self.allows(total, size, grows) {
            return self.refuse();
        }
        self.used.store(self.used.load(Relaxed).saturating_add(size), Relaxed);
        if total > self.peak.load(Relaxed) {
            self.peak.store(total, Relaxed);
        }
        true
    }

    /// Whether the engine gets a block of `size`, with which there are `total` bytes. What goes beyond
    /// the limit is the last that the script gets.
    fn allows(&self, total: usize, size: usize, grows: bool) -> bool {
        let compiling = self.compiler.is_at_work(grows);
        match self.faults.strike() {
            Some(Fault::Limit) => self.stop(),
            Some(_) if !compiling => return false,
            _ => {}
        }
        if size >= LATE && !compiling && self.time.get().is_some_and(|it| it.0()) {
            self.expire();
        }
        if total <= self.ceiling.load(Relaxed) {
            return true;
        }
        if size >= LATE && !compiling && self.has_expired() {
            return false;
        }
        if total <= self.limit {
            return true;
        }
        let is_admitted = total <= self.most(size, compiling, grows);
        if is_admitted {
            self.stop();
        }
        is_admitted
    }

    /// How much there may be with a block of `size`.
    ///
    /// A large block is refused at the limit, a small one beyond the reserve. The compiler writes past
    /// its buffers when it gets none; these grow by half, together by half the limit at most before it
    /// reads its next token, which is its last. It notices by itself when it gets no other large block.
    /// What looks like the compiler may be a list or a string that a built-in makes: twice the limit is
    /// the end of these, too.
    fn most(&self, size: usize, compiling: bool, grows: bool) -> usize {
        let is_small = size < LARGE;
        let most = if is_small { self.limit.saturating_add(RESERVE) } else { self.limit };
        if compiling && (is_small || grows) { most.max(self.limit.saturating_mul(2)) } else { most }
    }

    /// Ends the script: its next call, its parser's next token and the engine's next question
    /// whether to go on are the last. What is refused after its time is over is not why it ended.
    pub(crate) fn stop(&self) {
        self.exhausted.store(true, Relaxed);
        if !self.has_expired() && !self.stopped.swap(true, Relaxed) {
            self.forbid_calls();
        }
    }

    /// Has the clock asked at each large block: where nobody else can say so, a loop around built-ins
    /// that take long ends with the one that asks for memory.
    #[cfg_attr(
        not(target_family = "wasm"),
        allow(dead_code, reason = "where there are threads, a watchdog sees to it")
    )]
    pub(crate) fn ask_for_time(&self, is_over: impl Fn() -> bool + Send + Sync + 'static) {
        let _ = self.time.set(TimeIsOver(Box::new(is_over)));
    }

    /// The dispatch is over: the script's next call and its next large block are refused. Any thread
    /// may say so.
    pub(crate) fn expire(&self) {
        self.ceiling.store(0, Relaxed);
        self.forbid_calls();
    }

    /// Whether the dispatch is over.
    fn has_expired(&self) -> bool {
        self.ceiling.load(Relaxed) == 0
    }

    /// Whether the engine refuses each call.
    pub(crate) fn forbids_calls(&self) -> bool {
        self.stopped.load(Relaxed) || self.has_expired()
    }

    /// Has the engine refuse each call from now on, of built-in functions as well.
    pub(crate) fn forbid_calls(&self) {
        let engine = lock(&self.engine);
        if !engine.0.is_null() {
            // SAFETY: by the contract of `arm` the engine is alive as long as it stands behind the
            // lock. The function stores two words, aligned, so that each processor we build for
            // stores and loads them whole; the engine's thread compares one with its stack at each
            // call, and writes it anew where Rust calls JavaScript: what gets lost in between is
            // said again by `Control::interrupts`. Nothing else in the engine comes often enough: it
            // asks whether to go on once in 10,000 calls, each of which may take seconds. One byte
            // of stack is less than any call needs.
            unsafe { qjs::JS_SetMaxStackSize(engine.0, 1) };
        }
    }

    /// Takes back what [`Usage::take`] counted.
    fn give(&self, size: usize) {
        self.used.store(self.used.load(Relaxed).saturating_sub(size), Relaxed);
    }
}

/// Allocations that fail on purpose, for the tests of what happens then; the default never does.
#[derive(Clone, Debug, Default)]
#[doc(hidden)]
pub struct Faults {
    /// Which allocation of a complete world fails, counted from 1; 0 for none.
    pub nth: usize,
    /// How it fails.
    pub fault: Fault,
    /// How many allocations there were.
    pub count: Arc<AtomicUsize>,
}

/// How an allocation fails on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[doc(hidden)]
pub enum Fault {
    /// It reaches the memory limit.
    #[default]
    Limit,
    /// It is refused, unless the engine is compiling.
    Once,
    /// It is refused, and so are all that follow.
    ForGood,
}

impl PartialEq for Faults {
    fn eq(&self, other: &Self) -> bool {
        (self.nth, self.fault) == (other.nth, other.fault)
    }
}

impl Faults {
    fn strike(&self) -> Option<Fault> {
        if self.nth == 0 {
            return None;
        }
        let count = self.count.fetch_add(1, Relaxed) + 1;
        let strikes = count == self.nth || (self.fault == Fault::ForGood && count > self.nth);
        strikes.then_some(self.fault)
    }
}

/// The engine's allocator: Rust's own, counted.
pub(crate) struct Heap {
    usage: Arc<Usage>,
    nursery: Nursery,
}

/// Room that is handed out from the front, and given back all at once.
struct Nursery {
    start: NonNull<u8>,
    used: usize,
}

impl Nursery {
    const LAYOUT: Layout = match Layout::from_size_align(NURSERY, HEADER) {
        Ok(layout) => layout,
        Err(_) => panic!("the nursery has a possible size"),
    };

    fn new() -> Option<Self> {
        // SAFETY: the layout has a size.
        let start = NonNull::new(unsafe { alloc(Self::LAYOUT) })?;
        Some(Self { start, used: 0 })
    }

    /// Room for a block, while there is some.
    fn place(&mut self, layout: Layout) -> Option<*mut u8> {
        let end = self.used.checked_add(layout.size().next_multiple_of(HEADER))?;
        if end > NURSERY {
            return None;
        }
        // SAFETY: the place is inside the nursery, and a multiple of the alignment from its start.
        let block = unsafe { self.start.as_ptr().add(self.used) };
        self.used = end;
        Some(block)
    }

    fn holds(&self, block: *mut u8) -> bool {
        let start = self.start.as_ptr().addr();
        (start..start + NURSERY).contains(&block.addr())
    }
}

impl Drop for Nursery {
    fn drop(&mut self) {
        // SAFETY: it was allocated with this layout, and is dropped once.
        unsafe { dealloc(self.start.as_ptr(), Self::LAYOUT) };
    }
}

impl Heap {
    /// A heap for one world; none when the system has no memory.
    pub(crate) fn new(usage: Arc<Usage>) -> Option<Self> {
        Some(Self { usage, nursery: Nursery::new()? })
    }

    fn obtain(&mut self, size: usize, zeroed: bool, grows: bool) -> *mut u8 {
        let Some(layout) = layout(size) else { return ptr::null_mut() };
        if !self.usage.take(layout.size(), grows) {
            return ptr::null_mut();
        }
        let block = self.block(layout, zeroed);
        if block.is_null() {
            self.usage.give(layout.size());
            return block;
        }
        if zeroed {
            self.usage.compiler.given(size);
        }
        // SAFETY: the block begins with room for the header and is aligned for it.
        unsafe { hand_out(block, size, zeroed) }
    }

    fn block(&mut self, layout: Layout, zeroed: bool) -> *mut u8 {
        match self.nursery.place(layout) {
            Some(block) if zeroed => {
                // SAFETY: the nursery has so many bytes there for this block alone.
                unsafe { block.write_bytes(0, layout.size()) };
                block
            }
            Some(block) => block,
            // SAFETY: the layout has a size, the header's at least.
            None if zeroed => unsafe { alloc_zeroed(layout) },
            // SAFETY: as above.
            None => unsafe { alloc(layout) },
        }
    }
}

/// The block that holds `size` bytes after its header.
fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size.checked_add(HEADER)?, HEADER).ok()
}

/// What is noted in front of a block, in no more than [`HEADER`] bytes.
type Note = (usize, bool);

/// Notes the size in a block, and whether it was zeroed, and skips the note.
///
/// # Safety
///
/// `block` is writable for a header and aligned to it.
unsafe fn hand_out(block: *mut u8, size: usize, zeroed: bool) -> *mut u8 {
    // SAFETY: the contract above.
    unsafe {
        block.cast::<Note>().write_unaligned((size, zeroed));
        block.add(HEADER)
    }
}

/// The block that was handed out as `pointer`, its layout, and whether it was zeroed.
///
/// # Safety
///
/// `pointer` came from [`hand_out`] and was not given back.
unsafe fn taken_back(pointer: *mut u8) -> (*mut u8, Layout, bool) {
    // SAFETY: by the contract the header is in front of the pointer, and its size made a layout.
    unsafe {
        let block = pointer.sub(HEADER);
        let (size, zeroed) = block.cast::<Note>().read_unaligned();
        (block, Layout::from_size_align_unchecked(size + HEADER, HEADER), zeroed)
    }
}

// SAFETY: blocks come from the nursery or the global allocator, 16 bytes aligned, as large as
// asked for; a refused or failed request gives null.
unsafe impl Allocator for Heap {
    fn alloc(&mut self, size: usize) -> *mut u8 {
        self.obtain(size, false, false)
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        match count.checked_mul(size) {
            Some(size) => self.obtain(size, true, false),
            None => ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&mut self, pointer: *mut u8) {
        if pointer.is_null() {
            return;
        }
        // SAFETY: the engine gives back what it was handed out.
        let (block, layout, zeroed) = unsafe { taken_back(pointer) };
        self.usage.give(layout.size());
        if zeroed {
            self.usage.compiler.taken(layout.size() - HEADER);
        }
        if !self.nursery.holds(block) {
            // SAFETY: this is the layout it was allocated with.
            unsafe { dealloc(block, layout) };
        }
    }

    unsafe fn realloc(&mut self, pointer: *mut u8, new_size: usize) -> *mut u8 {
        if pointer.is_null() {
            return self.alloc(new_size);
        }
        // SAFETY: the engine gives back what it was handed out.
        let (block, old, zeroed) = unsafe { taken_back(pointer) };
        if self.nursery.holds(block) {
            // SAFETY: the same contract.
            return unsafe { self.move_out(pointer, old.size() - HEADER, new_size) };
        }
        let Some(new) = layout(new_size) else { return ptr::null_mut() };
        let more = new.size().saturating_sub(old.size());
        if !self.usage.take(more, more <= old.size()) {
            return ptr::null_mut();
        }
        // SAFETY: the block has this layout, and the new size made a layout too.
        let block = unsafe { realloc(block, old, new.size()) };
        if block.is_null() {
            self.usage.give(more);
            return block;
        }
        self.usage.give(old.size().saturating_sub(new.size()));
        if zeroed {
            self.usage.compiler.taken(old.size() - HEADER);
        }
        // SAFETY: the block begins with room for the header and is aligned for it.
        unsafe { hand_out(block, new_size, false) }
    }

    unsafe fn usable_size(pointer: *mut u8) -> usize {
        if pointer.is_null() {
            return 0;
        }
        // SAFETY: the engine asks about what it was handed out.
        let (_, layout, _) = unsafe { taken_back(pointer) };
        layout.size() - HEADER
    }
}

impl Heap {
    /// A new block with the content of an old one, which is given back.
    ///
    /// # Safety
    ///
    /// `pointer` was handed out with `size` bytes.
    unsafe fn move_out(&mut self, pointer: *mut u8, size: usize, new_size: usize) -> *mut u8 {
        let moved = self.obtain(new_size, false, new_size / 2 <= size);
        if !moved.is_null() {
            // SAFETY: both have so many bytes, and the new one is another block.
            unsafe {
                ptr::copy_nonoverlapping(pointer, moved, size.min(new_size));
                self.dealloc(pointer);
            }
        }
        moved
    }
}
