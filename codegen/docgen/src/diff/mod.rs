//! What changed between two revisions of a plugin's declarations, and whom it concerns.

mod changes;
mod constructors;
mod facts;
mod forms;
mod holds;
mod marks;
mod names;
mod open;
mod passed;
mod reach;
mod report;
mod said;
mod shown;
mod types;

use std::{cell::RefCell, fmt, ops::Range};

use changes::Changes;
use facts::facts;
use holds::Compared;
pub use reach::Declarations;
pub use report::{markdown, summary};
use serde::Serialize;

/// Whom a change concerns, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Only what is said about it.
    Documentation,
    /// There is more than before, and what compiled still does.
    Addition,
    /// Code that compiled against the old revision may no longer compile.
    Breaking,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Documentation => "documentation",
            Self::Addition => "addition",
            Self::Breaking => "breaking",
        })
    }
}

/// One difference that somebody who uses the plugin can notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Whom it concerns.
    pub severity: Severity,
    /// What changed: `Plugin.method`, the later overloads `Plugin.method#2`.
    pub path: String,
    /// How, as a sentence without its subject.
    pub what: String,
    /// The old declaration, or the old comment; `None` where there was none.
    pub old: Option<String>,
    /// The new one.
    pub new: Option<String>,
}

impl Change {
    /// The parts of the old and of the new text that are not the same, as byte ranges.
    #[must_use]
    pub fn marks(&self) -> Option<(Range<usize>, Range<usize>)> {
        marks::changed(self.old.as_deref()?, self.new.as_deref()?)
    }
}

/// A sentence, then the old and the new text with what changed in them underlined.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: `{}` {}", self.severity, self.path, self.what)?;
        let marks = self.marks();
        let (old, new) = marks.map_or((None, None), |(old, new)| (Some(old), Some(new)));
        for (sign, text, mark) in [('-', &self.old, old), ('+', &self.new, new)] {
            let Some(text) = text else { continue };
            write!(f, "{}", marks::marked(sign, text, mark))?;
        }
        Ok(())
    }
}

/// Every change from `old` to `new`: the most severe first, then by path.
#[must_use]
pub fn changes<'m>(old: &Declarations<'m>, new: &Declarations<'m>) -> Vec<Change> {
    let of = Changes {
        types: Compared::new(old, new),
        old: facts(old),
        new: facts(new),
        found: RefCell::default(),
    };
    for path in of.old.keys().chain(of.new.keys().filter(|path| !of.old.contains_key(*path))) {
        of.path(path);
    }
    let mut changes = of.found.into_inner();
    changes.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.path.cmp(&b.path)));
    changes
}
