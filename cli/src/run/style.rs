//! Colours, for those who see them.

use std::{
    env,
    io::{self, IsTerminal as _},
};

/// Colours text, or leaves it as it is.
#[derive(Clone, Copy)]
pub(super) struct Style {
    colours: bool,
}

impl Style {
    /// Colours on a terminal, unless `NO_COLOR` asks for none: <https://no-color.org>.
    pub(super) fn of_stdout() -> Self {
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colours: io::stdout().is_terminal() && !refused }
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    pub(super) fn good(self, text: &str) -> String {
        self.paint("32;1", text)
    }

    pub(super) fn bad(self, text: &str) -> String {
        self.paint("31;1", text)
    }

    /// A log level, in a column of its own.
    pub(super) fn level(self, level: &str) -> String {
        let padded = format!("{level:<5}");
        match level {
            "error" => self.paint("31", &padded),
            "warn" => self.paint("33", &padded),
            "debug" | "trace" => self.dim(&padded),
            _ => padded,
        }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
