//! The driver of worlds where there are threads: a bounded number of them for the dispatches of a
//! runner, and a watchdog that ends what does not end by itself. Where there is one thread, which must
//! not sleep, `alone` stands in the place of `pool` and `watchdog`.

#[cfg(target_family = "wasm")]
pub(super) mod alone;
mod compiled;
mod control;
pub mod dispatch;
mod mailbox;
#[cfg(not(target_family = "wasm"))]
mod pool;
pub mod runner;
mod shared;
mod thread;
#[cfg(not(target_family = "wasm"))]
mod watchdog;
