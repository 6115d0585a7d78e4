//! The memory of one world: counted, limited, and given back.

use std::{
    alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc},
    ptr::{self, NonNull},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

use rquickjs::allocator::Allocator;

/// From this size on, a block that exceeds the limit is refused: the script sees an error.
const LARGE: usize = 1024 * 1024;

/// What smaller blocks may exceed the limit by, until JavaScript is interrupted.
///
/// The engine does not survive the failure of every small allocation (its compiler least of
/// all), so a script that exceeds its limit bit by bit is stopped between two steps instead.
const RESERVE: usize = 16 * 1024 * 1024;

/// The size of a block is kept in front of it, as the engine asks for it back.
const HEADER: usize = 16;

/// A world is made out of a block of this size, got in one piece before there is an engine.
///
/// So a machine without memory is noticed where it can be told. Blocks that were given back are
/// not used again, which is fine for what lives as long as the world.
const NURSERY: usize = 256 * 1024;

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
    faults: Faults,
}

impl Usage {
    pub(crate) fn new(limit: usize, faults: Faults) -> Self {
        Self {
            limit,
            used: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            armed: AtomicBool::new(false),
            exhausted: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            faults,
        }
    }

    /// The world is complete: from now on the limit counts. False when it is over it already.
    pub(crate) fn arm(&self) -> bool {
        self.armed.store(true, Relaxed);
        self.used.load(Relaxed) <= self.limit
    }

    /// Does something during which no allocation may fail.
    pub(crate) fn exempt<T>(&self, work: impl FnOnce() -> T) -> T {
        let armed = self.armed.swap(false, Relaxed);
        let done = work();
        self.armed.store(armed, Relaxed);
        done
    }

    /// Whether the script is to be stopped for what it holds; from then on it stays so.
    pub(crate) fn press(&self) -> bool {
        if self.armed.load(Relaxed) && self.used.load(Relaxed) > self.limit {
            self.exhausted.store(true, Relaxed);
            self.stopped.store(true, Relaxed);
        }
        self.is_stopped()
    }

    /// Whether the script was stopped for what it holds.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Relaxed)
    }

    /// What the tests want to fail.
    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
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

    /// Counts `size` bytes; false when that is too much.
    pub(crate) fn take(&self, size: usize) -> bool {
        let used = self.used.load(Relaxed).saturating_add(size);
        if self.armed.load(Relaxed) && !self.allows(used, size) {
            self.exhausted.store(true, Relaxed);
            return false;
        }
        self.used.store(used, Relaxed);
        if used > self.peak.load(Relaxed) {
            self.peak.store(used, Relaxed);
        }
        true
    }

    fn allows(&self, used: usize, size: usize) -> bool {
        let reserve = if size < LARGE { RESERVE } else { 0 };
        used <= self.limit.saturating_add(reserve) && !self.faults.strike()
    }

    /// Takes back what [`Usage::take`] counted.
    pub(crate) fn give(&self, size: usize) {
        self.used.store(self.used.load(Relaxed).saturating_sub(size), Relaxed);
    }
}

/// Allocations that fail on purpose: the `nth` after the world is complete, or all from there.
///
/// For the tests of what happens then; the default never strikes.
#[derive(Clone, Debug, Default)]
#[doc(hidden)]
pub struct Faults {
    /// Which allocation fails, counted from 1; 0 for none.
    pub nth: usize,
    /// Whether those after it fail too.
    pub for_good: bool,
    /// How many allocations there were.
    pub count: Arc<AtomicUsize>,
    /// How many bytes the engine may have beyond a complete world before it gets no block at all,
    /// however small; 0 for no such limit.
    pub engine_slack: usize,
}

impl PartialEq for Faults {
    fn eq(&self, other: &Self) -> bool {
        (self.nth, self.for_good, self.engine_slack)
            == (other.nth, other.for_good, other.engine_slack)
    }
}

impl Faults {
    fn strike(&self) -> bool {
        if self.nth == 0 {
            return false;
        }
        let count = self.count.fetch_add(1, Relaxed) + 1;
        count == self.nth || (self.for_good && count > self.nth)
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

    fn obtain(&mut self, size: usize, zeroed: bool) -> *mut u8 {
        let Some(layout) = layout(size) else { return ptr::null_mut() };
        if !self.usage.take(layout.size()) {
            return ptr::null_mut();
        }
        let block = self.block(layout, zeroed);
        if block.is_null() {
            self.usage.give(layout.size());
            return block;
        }
        // SAFETY: the block begins with room for the header and is aligned for it.
        unsafe { hand_out(block, size) }
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

/// Notes the size in a block and skips the note.
///
/// # Safety
///
/// `block` is writable for a header and aligned to it.
unsafe fn hand_out(block: *mut u8, size: usize) -> *mut u8 {
    // SAFETY: the contract above.
    unsafe {
        block.cast::<[u8; size_of::<usize>()]>().write(size.to_ne_bytes());
        block.add(HEADER)
    }
}

/// The block that was handed out as `pointer`, and its layout.
///
/// # Safety
///
/// `pointer` came from [`hand_out`] and was not given back.
unsafe fn taken_back(pointer: *mut u8) -> (*mut u8, Layout) {
    // SAFETY: by the contract the header is in front of the pointer, and its size made a layout.
    unsafe {
        let block = pointer.sub(HEADER);
        let size = usize::from_ne_bytes(block.cast::<[u8; size_of::<usize>()]>().read());
        (block, Layout::from_size_align_unchecked(size + HEADER, HEADER))
    }
}

// SAFETY: blocks come from the nursery or the global allocator, 16 bytes aligned, as large as
// asked for; a refused or failed request gives null.
unsafe impl Allocator for Heap {
    fn alloc(&mut self, size: usize) -> *mut u8 {
        self.obtain(size, false)
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        match count.checked_mul(size) {
            Some(size) => self.obtain(size, true),
            None => ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&mut self, pointer: *mut u8) {
        if pointer.is_null() {
            return;
        }
        // SAFETY: the engine gives back what it was handed out.
        let (block, layout) = unsafe { taken_back(pointer) };
        self.usage.give(layout.size());
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
        let (block, old) = unsafe { taken_back(pointer) };
        if self.nursery.holds(block) {
            // SAFETY: the same contract.
            return unsafe { self.move_out(pointer, old.size() - HEADER, new_size) };
        }
        let Some(new) = layout(new_size) else { return ptr::null_mut() };
        let more = new.size().saturating_sub(old.size());
        if !self.usage.take(more) {
            return ptr::null_mut();
        }
        // SAFETY: the block has this layout, and the new size made a layout too.
        let block = unsafe { realloc(block, old, new.size()) };
        if block.is_null() {
            self.usage.give(more);
            return block;
        }
        self.usage.give(old.size().saturating_sub(new.size()));
        // SAFETY: the block begins with room for the header and is aligned for it.
        unsafe { hand_out(block, new_size) }
    }

    unsafe fn usable_size(pointer: *mut u8) -> usize {
        if pointer.is_null() {
            return 0;
        }
        // SAFETY: the engine asks about what it was handed out.
        let (_, layout) = unsafe { taken_back(pointer) };
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
        let moved = self.alloc(new_size);
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
