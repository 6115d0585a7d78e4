//! Compiled runners, kept in memory: a source is compiled once in a process.

use std::{
    collections::HashMap,
    ffi::{CStr, CString},
    sync::{Arc, Mutex},
};

use crate::{lock::lock, world::bytecode::Compiled};

/// How much is kept: sources and bytecode together.
const MOST: usize = 32 * 1024 * 1024;

/// The compiled sources of one runner, by path.
#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<CString, Arc<Compiled>>>);

impl Cache {
    /// The compiled form of exactly this source.
    pub(crate) fn find(&self, path: &CStr, source: &[u8]) -> Option<Arc<Compiled>> {
        let compiled = lock(&self.0).get(path).map(Arc::clone)?;
        // Compared in full: it is faster than any hash worth trusting.
        (*compiled.source() == *source).then_some(compiled)
    }

    /// Keeps a compiled source, in place of an older one of the same path.
    pub(crate) fn keep(&self, path: &CStr, compiled: Compiled) {
        let compiled = Arc::new(compiled);
        let mut kept = lock(&self.0);
        kept.insert(path.to_owned(), Arc::clone(&compiled));
        if kept.values().map(|other| other.size()).sum::<usize>() > MOST {
            kept.retain(|_, other| Arc::ptr_eq(other, &compiled));
        }
    }
}
