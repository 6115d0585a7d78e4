//! A runner's file in its compiled form, which a driver keeps from one dispatch to the next.

use std::sync::OnceLock;

use super::sources::Sources;

/// The sizes of sources that are kept. Below, reading bytecode is no faster than compiling; above, few
/// would fit.
const WORTH_IT: std::ops::Range<usize> = 4 * 1024..8 * 1024 * 1024;

/// A compiled source. It never leaves the process, so its engine is always the right one.
#[derive(Debug)]
pub(crate) struct Compiled {
    source: Box<[u8]>,
    bytecode: Box<[u8]>,
    /// Where its functions are in the source, once a script has asked; none when nobody can tell.
    sources: OnceLock<Option<Sources>>,
}

impl Compiled {
    pub(crate) fn new(source: &[u8], bytecode: Vec<u8>) -> Self {
        Self { source: source.into(), bytecode: bytecode.into(), sources: OnceLock::new() }
    }

    pub(crate) fn source(&self) -> &[u8] {
        &self.source
    }

    pub(crate) fn bytecode(&self) -> &[u8] {
        &self.bytecode
    }

    /// Where its functions are in the source, by what is compiled `anew` with their texts.
    pub(crate) fn sources<E>(
        &self,
        anew: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Option<&Sources>, E> {
        if self.sources.get().is_none() {
            // Another dispatch may have been faster, with the same.
            let _ = self.sources.set(Sources::read(&anew()?, &self.source));
        }
        Ok(self.sources.get().and_then(Option::as_ref))
    }

    /// How many bytes it holds.
    pub(crate) fn size(&self) -> usize {
        self.source.len() + self.bytecode.len()
    }
}

/// Whether keeping this source compiled saves more than it costs.
pub(crate) fn is_worth_it(source: &[u8]) -> bool {
    WORTH_IT.contains(&source.len())
}
