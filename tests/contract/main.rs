//! The behaviour contract, rule by rule: each test begins with the id of the rule it shows.

mod apis;
mod dispatch;
mod errors;
mod host;
mod hostile;
mod limits;
mod timers;
