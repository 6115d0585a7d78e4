//! The behaviour contract, rule by rule: each test begins with the id of the rule it shows.

mod dispatch;
mod host;
