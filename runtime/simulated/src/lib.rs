//! The simulated device that a host file describes: what its APIs answer, and what its network does. Who
//! hosts runners on a desk asks it, and who does in tests, as a WebAssembly module of its own: the
//! runtime of browsers has no part of it.

// What comes from outside (host files, scripts' arguments) is neither unwrapped nor indexed.
#![deny(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::get_unwrap,
    clippy::unreachable
)]

#[cfg(target_family = "wasm")]
pub mod wasm;

pub mod questions;

pub mod device;

#[path = "../../../generated/rust/device.rs"]
mod generated;

pub mod rules;

pub mod redirect;

pub mod host_file;

mod room;

mod json;

mod host;

pub use self::{
    host::{HostError, Request, Response},
    host_file::{HostFile, HostState},
    json::{JsonError, parse as parse_json},
};
