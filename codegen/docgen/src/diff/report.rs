//! Changes as a person reads them: a summary, and Markdown for the notes of a release.

use std::fmt::Write as _;

use super::{Change, Severity};

/// How many changes of each severity there are; of none, that there is none.
#[must_use]
pub fn summary(changes: &[Change]) -> String {
    let count = |severity| changes.iter().filter(|change| change.severity == severity).count();
    let parts = [
        (count(Severity::Breaking), "breaking", "breaking"),
        (count(Severity::Addition), "addition", "additions"),
        (count(Severity::Documentation), "of the documentation", "of the documentation"),
    ];
    let parts: Vec<_> = parts
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many }))
        .collect();
    match changes.len() {
        0 => "no changes: both declare the same, with the same comments".to_owned(),
        1 => format!("1 change: {}", parts.join(", ")),
        all => format!("{all} changes: {}", parts.join(", ")),
    }
}

/// The changes as a part of release notes: a heading for each severity, a list below it, the old and
/// the new declaration as a block.
#[must_use]
pub fn markdown(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "No changes of the API.\n".to_owned();
    }
    let groups = [
        (Severity::Breaking, "Breaking changes"),
        (Severity::Addition, "Additions"),
        (Severity::Documentation, "Documentation"),
    ];
    let mut text = String::new();
    for (severity, heading) in groups {
        let mut found = changes.iter().filter(|change| change.severity == severity).peekable();
        if found.peek().is_none() {
            continue;
        }
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = write!(text, "{gap}### {heading}\n\n");
        for change in found {
            text += &entry(change);
        }
    }
    text
}

fn entry(change: &Change) -> String {
    let mut text = format!("- `{}` {}\n", change.path, change.what);
    if change.severity == Severity::Documentation && change.what != "changed" {
        return text;
    }
    // A declaration that holds a fence is put between longer ones.
    let parts = [('-', &change.old), ('+', &change.new)];
    let both: String = parts.iter().filter_map(|(_, part)| part.as_deref()).collect();
    let fence = if both.contains("```") { "````" } else { "```" };
    let _ = write!(text, "\n  {fence}diff\n");
    for (sign, part) in parts {
        for line in part.iter().flat_map(|part| part.lines()) {
            let _ = writeln!(text, "  {sign} {line}");
        }
    }
    let _ = write!(text, "  {fence}\n\n");
    text
}
