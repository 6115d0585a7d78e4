//! The headless JavaScript environment of Background Runner, behind a C ABI.
//!
//! An event becomes one fresh JavaScript world and exactly one outcome:
//!
//! ```text
//! Runner::dispatch ──> queue ──> worker thread ──> World ──> event loop ──> Outcome
//!                                    │                ├──> web APIs
//!                                    │                └──> Host (device APIs, fetch, log)
//!                                watchdog (deadline and cancellation, whatever the worker does)
//! ```

// What comes from outside (scripts, hosts, files, networks) is neither unwrapped nor indexed.
#![deny(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::get_unwrap,
    clippy::unreachable
)]
#![expect(clippy::result_large_err, reason = "an error is made once in a dispatch")]

pub mod clock;
#[cfg(feature = "desktop")]
pub mod desktop;
pub mod dispatch;
pub mod error;
pub mod ffi;
pub mod history;
pub mod host;
#[cfg(feature = "jni")]
pub mod jni;
pub mod outcome;
pub mod runner;
pub mod schedule;

mod bytecode;
mod control;
mod event_loop;
mod handlers;
mod heap;
mod mailbox;
mod modules;
mod pool;
mod script;
mod settings;
mod timers;
mod value;
mod web;
mod world;

pub use clock::{Clock, RealClock, VirtualClock};
pub use dispatch::Dispatch;
pub use error::{Code, RunError};
#[doc(hidden)]
pub use heap::{Fault, Faults};
pub use history::{HistoryQuery, RunRecord};
pub use host::{
    ApiSpec, FetchHead, FetchReply, FetchRequest, Host, HostCall, HostError, Level, LogRecord,
    MethodSpec, ParamSpec, Reply, TypeSpec,
};
pub use outcome::Outcome;
pub use runner::{Request, Runner, RunnerSpec, Settings};
