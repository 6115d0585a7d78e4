//! The memory of one world: counted, limited, and given back.

use std::{
    alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc},
    ptr::{self, NonNull},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering::Relaxed},
    },
};

use rquickjs::{allocator::Allocator, qjs};

/// The highest limit on a 32-bit processor. It addresses not much more, and what the system refuses,
/// instead of the limit, ends the process.
const MOST: usize = 1 << 30;

/// From this size on, a block that exceeds the limit is refused: the script sees an error.
const LARGE: usize = 1024 * 1024;

/// What smaller blocks may exceed the limit by, in the step that reaches it.
///
/// The engine does not survive the failure of every small allocation, so a script that reaches
/// its limit bit by bit still gets them, and is stopped at its next step (see [`Usage::stop`]).
const RESERVE: usize = 16 * 1024 * 1024;

/// The size of a block is kept in front of it, as the engine asks for it back, and whether it was
/// zeroed.
const HEADER: usize = 16;

/// The size of the record that the engine's compiler keeps of a function while it compiles it:
/// learnt from the first one that it makes.
///
/// It is zeroed at first, and larger than what the engine keeps together in one block. While there
/// is one, the compiler is at work, be it for a file, for `eval` or for `new Function`.
///
/// On 32-bit processors it is smaller than that, and never seen.
static RECORD: OnceLock<usize> = OnceLock::new();

/// Whether any block that grows may be one of the compiler's.
const UNSEEN: bool = cfg!(target_pointer_width = "32");

/// The smallest block that the engine asks for by itself.
const ALONE: usize = 512;

/// A world is made out of a block of this size, got in one piece before there is an engine.
///
/// So a machine without memory is noticed where it can be told. Blocks that were given back are
/// not used again, which is fine for what lives as long as the world.
///
/// A fuzzer's sanitizer wants to see each block by itself, so there it holds next to nothing.
const NURSERY: usize = if cfg!(fuzzing) { HEADER } else { 256 * 1024 };

/// How much memory a world holds, and how much it may.
///
/// Only the world's own thread writes; others may look.
#[derive(Debug)]
pub(crate) struct Usage {
    limit: usize,
    used: AtomicUsize,
    peak: AtomicUsize,
    /// The limit counts when the world is complete.
    armed: AtomicBool,
    exhausted: AtomicBool,
    stopped: AtomicBool,
    /// How many functions the engine is compiling.
    compiling: AtomicUsize,
    /// The first zeroed block of a compilation, while that is looked for; else 0.
    learnt: AtomicUsize,
    /// The engine, while the limit counts.
    engine: AtomicPtr<qjs::JSRuntime>,
    faults: Faults,
}

impl Usage {
    pub(crate) fn new(limit: usize, faults: Faults) -> Self {
        Self {
            limit: if cfg!(target_pointer_width = "32") { limit.min(MOST) } else { limit },
            used: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            armed: AtomicBool::new(false),
            exhausted: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            compiling: AtomicUsize::new(0),
            learnt: AtomicUsize::new(0),
            engine: AtomicPtr::new(ptr::null_mut()),
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
        self.engine.store(engine, Relaxed);
        self.armed.store(true, Relaxed);
        self.used.load(Relaxed) <= self.limit
    }

    /// The world is about to end: nothing is refused any more.
    pub(crate) fn disarm(&self) {
        self.armed.store(false, Relaxed);
        self.engine.store(ptr::null_mut(), Relaxed);
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

    /// Counts `size` bytes that our own code holds; false when that is too much.
    pub(crate) fn charge(&self, size: usize) -> bool {
        let used = self.used.load(Relaxed).saturating_add(size);
        if self.armed.load(Relaxed) && used > self.limit {
            self.exhausted.store(true, Relaxed);
            return false;
        }
        self.count(used);
        true
    }

    /// Counts `size` bytes that the engine holds; false when they are refused. `grows` says that a
    /// block gets them which has as many, and may be one of the compiler's.
    fn take(&self, size: usize, grows: bool) -> bool {
        let used = self.used.load(Relaxed).saturating_add(size);
        if self.armed.load(Relaxed) && !self.admits(used, size, grows) {
            self.exhausted.store(true, Relaxed);
            return false;
        }
        self.count(used);
        true
    }

    fn count(&self, used: usize) {
        self.used.store(used, Relaxed);
        if used > self.peak.load(Relaxed) {
            self.peak.store(used, Relaxed);
        }
    }

    /// Whether the engine gets a block of `size`, with which it has `used`.
    ///
    /// Its compiler writes past its buffers when it gets none, so it is not refused what they may
    /// need: what it compiles when the limit is reached is given up at the next token.
    fn admits(&self, used: usize, size: usize, grows: bool) -> bool {
        let compiling = self.compiling.load(Relaxed) > 0 || (grows && UNSEEN);
        let fault = self.faults.strike();
        if fault == Some(Fault::Limit) {
            self.stop();
        } else if fault.is_some() && !compiling {
            return false;
        }
        if used <= self.limit {
            return true;
        }
        let spared = compiling && self.may_compile(used, size, grows);
        if !spared && (size >= LARGE || used > self.limit.saturating_add(RESERVE)) {
            return false;
        }
        self.stop();
        true
    }

    /// Whether a block may be one that the compiler does not survive without: what has the size of
    /// its record may be a script's own.
    ///
    /// Its buffers grow by half, and it notices by itself when it gets no other large block. Together
    /// they grow by half the limit at most before it reads the next token, which is its last. Lists
    /// and strings that a built-in makes grow as they do: these are refused at twice the limit.
    fn may_compile(&self, used: usize, size: usize, grows: bool) -> bool {
        (grows || size < LARGE) && used <= self.limit.saturating_mul(2)
    }

    /// Ends the script: its next call, its parser's next token and the engine's next question
    /// whether to go on are the last.
    fn stop(&self) {
        self.exhausted.store(true, Relaxed);
        if self.stopped.swap(true, Relaxed) {
            return;
        }
        let engine = self.engine.load(Relaxed);
        if !engine.is_null() {
            // SAFETY: by the contract of `arm` the engine is alive and we are on its thread; the
            // engine only notes the number. One byte of stack is less than any call needs.
            unsafe { qjs::JS_SetMaxStackSize(engine, 1) };
        }
    }

    /// Does something during which the engine compiles, whatever kind of blocks it asks for.
    pub(crate) fn while_compiling<T>(&self, work: impl FnOnce() -> T) -> T {
        self.compiling.store(self.compiling.load(Relaxed) + 1, Relaxed);
        let done = work();
        self.compiling.store(self.compiling.load(Relaxed).saturating_sub(1), Relaxed);
        done
    }

    /// Finds out the size of the compiler's record, by a compilation that makes one.
    pub(crate) fn learn(&self, compile: impl FnOnce()) {
        if RECORD.get().is_none() {
            self.learnt.store(usize::MAX, Relaxed);
            compile();
            let size = self.learnt.swap(0, Relaxed);
            if size != usize::MAX {
                RECORD.get_or_init(|| size);
            }
        }
    }

    /// Notes that a block of `size`, zeroed at first, was given out.
    fn begin(&self, size: usize) {
        if self.learnt.load(Relaxed) == usize::MAX && size > ALONE {
            self.learnt.store(size, Relaxed);
        }
        if RECORD.get() == Some(&size) {
            self.compiling.store(self.compiling.load(Relaxed) + 1, Relaxed);
        }
    }

    /// Notes that such a block was given back.
    fn end(&self, size: usize) {
        if RECORD.get() == Some(&size) {
            self.compiling.store(self.compiling.load(Relaxed).saturating_sub(1), Relaxed);
        }
    }

    /// Takes back what [`Usage::charge`] counted.
    pub(crate) fn give(&self, size: usize) {
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
            self.usage.begin(size);
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
            self.usage.end(layout.size() - HEADER);
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
            self.usage.end(old.size() - HEADER);
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
