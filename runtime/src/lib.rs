//! The headless JavaScript environment behind a C ABI.
