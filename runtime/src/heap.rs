//! The memory of one world: counted, limited, and given back.

use std::{
    alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc},
    ptr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

use rquickjs::allocator::Allocator;

/// What a world may take when its limit is reached, so that it can say so.
const RESERVE: usize = 64 * 1024;

/// Blocks up to this size may come out of the reserve.
const SMALL: usize = 4096;

/// The size of a block is kept in front of it, as the engine asks for it back.
const HEADER: usize = 16;

/// How much memory a world holds, and how much it may.
///
/// Only the world's own thread writes; others may look.
#[derive(Debug)]
pub(crate) struct Usage {
    limit: usize,
    used: AtomicUsize,
    peak: AtomicUsize,
    exhausted: AtomicBool,
}

impl Usage {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            used: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            exhausted: AtomicBool::new(false),
        }
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
        let reserve = if size <= SMALL { RESERVE } else { 0 };
        if used > self.limit.saturating_add(reserve) {
            self.exhausted.store(true, Relaxed);
            return false;
        }
        self.used.store(used, Relaxed);
        if used > self.peak.load(Relaxed) {
            self.peak.store(used, Relaxed);
        }
        true
    }

    /// Takes back what [`Usage::take`] counted.
    pub(crate) fn give(&self, size: usize) {
        self.used.store(self.used.load(Relaxed).saturating_sub(size), Relaxed);
    }
}

/// The engine's allocator: Rust's own, counted.
pub(crate) struct Heap(pub(crate) Arc<Usage>);

impl Heap {
    fn obtain(&mut self, size: usize, source: unsafe fn(Layout) -> *mut u8) -> *mut u8 {
        let Some(layout) = layout(size) else { return ptr::null_mut() };
        if !self.0.take(layout.size()) {
            return ptr::null_mut();
        }
        // SAFETY: the layout has a size, the header's at least.
        let block = unsafe { source(layout) };
        if block.is_null() {
            self.0.give(layout.size());
            return block;
        }
        // SAFETY: the block begins with room for the header and is aligned for it.
        unsafe { hand_out(block, size) }
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

// SAFETY: blocks come from the global allocator, 16 bytes aligned, as large as asked for;
// a refused or failed request gives null.
unsafe impl Allocator for Heap {
    fn alloc(&mut self, size: usize) -> *mut u8 {
        self.obtain(size, alloc)
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        match count.checked_mul(size) {
            Some(size) => self.obtain(size, alloc_zeroed),
            None => ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&mut self, pointer: *mut u8) {
        if pointer.is_null() {
            return;
        }
        // SAFETY: the engine gives back what it was handed out.
        let (block, layout) = unsafe { taken_back(pointer) };
        self.0.give(layout.size());
        // SAFETY: this is the layout it was allocated with.
        unsafe { dealloc(block, layout) };
    }

    unsafe fn realloc(&mut self, pointer: *mut u8, new_size: usize) -> *mut u8 {
        if pointer.is_null() {
            return self.alloc(new_size);
        }
        // SAFETY: the engine gives back what it was handed out.
        let (block, old) = unsafe { taken_back(pointer) };
        let Some(new) = layout(new_size) else { return ptr::null_mut() };
        let more = new.size().saturating_sub(old.size());
        if !self.0.take(more) {
            return ptr::null_mut();
        }
        // SAFETY: the block has this layout, and the new size made a layout too.
        let block = unsafe { realloc(block, old, new.size()) };
        if block.is_null() {
            self.0.give(more);
            return block;
        }
        self.0.give(old.size().saturating_sub(new.size()));
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
