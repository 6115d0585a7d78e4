//! What `resolve()` cuts off (contract D13): said once, since earlier releases went on with it.

use super::World;
use crate::{engine::value::Cut, host::Level};

/// How many addresses are named.
const NAMED: usize = 5;

/// The most bytes of the record.
const LENGTH: usize = 2048;

impl World<'_> {
    /// Warns of work that was under way when the script called `resolve()`.
    pub(crate) fn warn_of_cut_off(&self) {
        if !self.is_resolved() || self.is_over() {
            return;
        }
        let (asked, timers) = (self.unanswered(), self.script_timers());
        let mut parts = Vec::new();
        if !asked.is_empty() {
            let names = asked.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
            let more = if asked.len() > NAMED { ", ..." } else { "" };
            parts.push(format!("{} ({names}{more})", counted(asked.len(), "request")));
        }
        if timers > 0 {
            parts.push(counted(timers, "timer"));
        }
        if parts.is_empty() {
            return;
        }
        let mut text = Cut::new(LENGTH);
        text.push_fmt(format_args!(
            "`resolve()` was called while work was under way, which it cuts off: {}; `await` it before",
            parts.join(", ")
        ));
        self.log(Level::Warn, &text);
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
