//! The headless JavaScript environment behind a C ABI.

pub mod schedule;
