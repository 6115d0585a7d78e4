//! Parts of texts and lists that cannot fail: what is not there is empty.

use std::slice::SliceIndex;

/// A part of what somebody else wrote.
///
/// Every range here was found in the very text that it is taken from. Where one is wrong all the
/// same, tests and fuzzers, which have debug assertions, see it; whoever generates gets less.
pub trait Cut {
    /// The part of this range, empty where there is none.
    fn cut<R: SliceIndex<Self, Output = Self>>(&self, range: R) -> &Self;
}

impl Cut for str {
    #[track_caller]
    fn cut<R: SliceIndex<Self, Output = Self>>(&self, range: R) -> &Self {
        let part = self.get(range);
        debug_assert!(part.is_some(), "a part of a text that is not there");
        part.unwrap_or_default()
    }
}

impl<T> Cut for [T] {
    #[track_caller]
    fn cut<R: SliceIndex<Self, Output = Self>>(&self, range: R) -> &Self {
        let part = self.get(range);
        debug_assert!(part.is_some(), "a part of a list that is not there");
        part.unwrap_or_default()
    }
}
