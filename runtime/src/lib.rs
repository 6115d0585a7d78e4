//! The headless JavaScript environment of Background Runner, behind a C ABI.
//!
//! An event becomes one fresh JavaScript world and exactly one outcome:
//!
//! ```text
//! abi ──> drive ──> pump ──┬──> web ─────> world ──> engine
//!         threads,  turns   └──> (device) ──┘ │
//!         deadline                            └──> host (device APIs, transfers, log)
//! ```
//!
//! `ARCHITECTURE.md` walks the way of a dispatch through all of it.

// What comes from outside (scripts, hosts, files, networks) is neither unwrapped nor indexed.
#![deny(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::get_unwrap,
    clippy::unreachable
)]
#![cfg_attr(target_family = "wasm", allow(dead_code, reason = "some of it is for threads alone"))]
#![expect(clippy::result_large_err, reason = "an error is made once in a dispatch")]

// The layers from the top down: none names one that stands above it (`tests/layers.rs`).

#[cfg(target_family = "wasm")]
pub mod wasm;

pub mod abi;

#[cfg(feature = "desktop")]
pub mod desktop;

pub mod drive;

mod pump;

mod web;

mod device;

mod world;

pub mod schedule;

pub mod history;

mod settings;

mod engine;

pub mod host;

pub mod outcome;

pub mod clock;

pub mod error;

mod json;

mod lock;

pub use clock::{Clock, RealClock, VirtualClock};
pub use drive::{
    dispatch::{Dispatch, Request},
    runner::Runner,
};
#[doc(hidden)]
pub use engine::heap::{Fault, Faults};
pub use error::{Code, RunError};
pub use history::{HistoryQuery, RunRecord};
pub use host::{
    ApiSpec, FetchHead, FetchReply, FetchRequest, Flow, Host, HostCall, HostError, Level,
    LogRecord, MethodSpec, ParamSpec, Reply, TypeSpec,
};
pub use outcome::Outcome;
pub use settings::{RunnerSpec, Settings};
