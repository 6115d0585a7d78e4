//! Compiled runners, kept in memory: a source is compiled once in a process.

use std::{
    collections::HashMap,
    ffi::{CStr, CString},
    sync::{Arc, Mutex},
};

use crate::mailbox::lock;

/// Below this size, reading bytecode is no faster than compiling.
const WORTH_IT: usize = 4 * 1024;

/// How much is kept: sources and bytecode together.
const MOST: usize = 32 * 1024 * 1024;

/// A compiled source. It never leaves the process, so its engine is always the right one.
#[derive(Debug)]
pub(crate) struct Compiled {
    /// Compared in full: it is faster than any hash worth trusting.
    source: Box<[u8]>,
    bytecode: Box<[u8]>,
}

impl Compiled {
    pub(crate) fn bytecode(&self) -> &[u8] {
        &self.bytecode
    }

    fn size(&self) -> usize {
        self.source.len() + self.bytecode.len()
    }
}

/// Whether keeping this source compiled saves more than it costs.
pub(crate) fn is_worth_it(source: &[u8]) -> bool {
    (WORTH_IT..MOST / 4).contains(&source.len())
}

/// The compiled sources of one runner, by path.
#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<CString, Arc<Compiled>>>);

impl Cache {
    /// The compiled form of exactly this source.
    pub(crate) fn find(&self, path: &CStr, source: &[u8]) -> Option<Arc<Compiled>> {
        let compiled = lock(&self.0).get(path).map(Arc::clone)?;
        (*compiled.source == *source).then_some(compiled)
    }

    /// Keeps a compiled source, in place of an older one of the same path.
    pub(crate) fn keep(&self, path: &CStr, source: &[u8], bytecode: Vec<u8>) {
        let compiled = Arc::new(Compiled { source: source.into(), bytecode: bytecode.into() });
        let mut kept = lock(&self.0);
        kept.insert(path.to_owned(), Arc::clone(&compiled));
        if kept.values().map(|other| other.size()).sum::<usize>() > MOST {
            kept.retain(|_, other| Arc::ptr_eq(other, &compiled));
        }
    }
}
