//! Whether the engine's compiler is at work, which does not survive that it is refused memory.
//!
//! For a file the runtime knows by itself. For `eval` and `new Function` the only sign is the memory that
//! the engine asks for: while it compiles a function, its compiler keeps a record of it, zeroed at first
//! and larger than what the engine keeps together in one block. A script may have a block of that size,
//! too, so that it is no more than a sign. On 32-bit processors the record is smaller than that, and never
//! seen: there any block that grows may be the compiler's.

use std::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// The size of the record: that of the first one that the engine makes in this process.
static RECORD: OnceLock<usize> = OnceLock::new();

/// Whether records are never seen.
const UNSEEN: bool = cfg!(target_pointer_width = "32");

/// The smallest block that the engine asks for by itself.
const ALONE: usize = 512;

/// While the first record is looked for.
const LOOKING: usize = usize::MAX;

/// The compiler of one world, seen from its memory.
#[derive(Debug, Default)]
pub(crate) struct Compiler {
    /// How many files and functions are being compiled.
    work: AtomicUsize,
    /// The size of the first record; [`LOOKING`] until there is one, and 0 when nobody wants to know.
    first_record: AtomicUsize,
}

impl Compiler {
    /// Whether a block may be the compiler's; `grows` says that it replaces one of half its size or more.
    pub(super) fn is_at_work(&self, grows: bool) -> bool {
        self.work.load(Relaxed) > 0 || (grows && UNSEEN)
    }

    /// Does something during which the engine compiles.
    pub(crate) fn during<T>(&self, compile: impl FnOnce() -> T) -> T {
        self.begin();
        let done = compile();
        self.end();
        done
    }

    /// Finds out the size of the record, by a compilation that makes one.
    pub(crate) fn measure_record(&self, compile: impl FnOnce()) {
        if RECORD.get().is_none() {
            self.first_record.store(LOOKING, Relaxed);
            compile();
            let size = self.first_record.swap(0, Relaxed);
            if size != LOOKING {
                RECORD.get_or_init(|| size);
            }
        }
    }

    /// A block of `size`, zeroed at first, was given to the engine.
    pub(super) fn given(&self, size: usize) {
        if self.first_record.load(Relaxed) == LOOKING && size > ALONE {
            self.first_record.store(size, Relaxed);
        }
        if RECORD.get() == Some(&size) {
            self.begin();
        }
    }

    /// Such a block was taken back.
    pub(super) fn taken(&self, size: usize) {
        if RECORD.get() == Some(&size) {
            self.end();
        }
    }

    fn begin(&self) {
        self.work.store(self.work.load(Relaxed) + 1, Relaxed);
    }

    fn end(&self) {
        self.work.store(self.work.load(Relaxed).saturating_sub(1), Relaxed);
    }
}
