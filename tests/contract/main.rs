//! The behaviour contract, rule by rule: each test begins with the id of the rule it shows.

mod apis;
mod bodies;
mod dispatch;
mod errors;
mod host;
mod hostile;
mod limits;
mod messages;
mod time;
mod timers;

#[path = "../node/runner.rs"]
mod runner;
