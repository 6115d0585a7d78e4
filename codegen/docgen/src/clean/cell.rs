//! Comments in one line, as a cell of a table needs them: paragraphs, lists, code and tables keep
//! their lines through `<br />`.

use typescript::Cut as _;

use super::prose::{Line, code, lines};

/// The Markdown of a comment in one line.
pub(super) fn one_line(text: &str) -> String {
    let mut cell = Cell::default();
    for line in lines(text.trim()) {
        match line {
            Line::Fence(_) => cell.follows(Kind::Fence),
            Line::Code(line) => cell.code(line),
            Line::Text(line) => cell.text(line),
        }
    }
    cell.text
}

/// What stands in front of the next line.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Start,
    Text,
    Item,
    Code,
    Fence,
    Row,
    Empty,
}

#[derive(Default)]
struct Cell {
    text: String,
    before: Kind,
    /// How far the items around are indented, the outermost first.
    items: Vec<usize>,
}

impl Cell {
    fn follows(&mut self, kind: Kind) {
        self.before = kind;
    }

    /// Starts a line.
    fn break_line(&mut self) {
        if !self.text.is_empty() {
            self.text = self.text.trim_end().to_owned() + "<br />";
        }
    }

    fn code(&mut self, line: &str) {
        let inner = line.trim();
        if inner.is_empty() {
            return;
        }
        self.break_line();
        let indent = line.len() - line.trim_start().len();
        self.text += &"&nbsp;".repeat(indent);
        self.text += &code(inner);
        self.follows(Kind::Code);
    }

    fn text(&mut self, line: &str) {
        let indent = line.len() - line.trim_start().len();
        let line = line.trim();
        if line.is_empty() {
            self.follows(Kind::Empty);
        } else if let Some((mark, rest)) = item(line) {
            self.item(indent, mark, rest);
        } else if line.starts_with('|') && line.len() > 1 {
            self.row(line);
        } else {
            match self.before {
                Kind::Start => {}
                Kind::Text | Kind::Item => self.text.push(' '),
                Kind::Code | Kind::Fence | Kind::Row | Kind::Empty => self.break_line(),
            }
            self.text += &heading(line);
            self.follows(Kind::Text);
        }
    }

    fn item(&mut self, indent: usize, mark: &str, rest: &str) {
        self.items.retain(|item| *item < indent);
        self.break_line();
        self.text += &"&nbsp;".repeat(4 * self.items.len());
        self.text += if mark.starts_with(|c: char| c.is_ascii_digit()) { mark } else { "•" };
        self.text.push(' ');
        self.text += rest;
        self.items.push(indent);
        self.follows(Kind::Item);
    }

    /// A row of a table; the line below its header says nothing.
    fn row(&mut self, line: &str) {
        if !line.chars().all(|c| "|-: ".contains(c)) {
            self.break_line();
            self.text += line.trim_matches('|').trim();
            self.follows(Kind::Row);
        }
    }
}

/// The mark of a list's item and the text behind it: `-`, `*`, `+`, `1.`, `1)`.
pub(super) fn item(line: &str) -> Option<(&str, &str)> {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let length = match line.cut(digits..).chars().next()? {
        '.' | ')' if (1..=3).contains(&digits) => digits + 1,
        '-' | '*' | '+' if digits == 0 => 1,
        _ => return None,
    };
    let rest = line.cut(length..).strip_prefix([' ', '\t'])?;
    Some((line.cut(..length), rest.trim_start()))
}

/// A heading as bold text.
fn heading(line: &str) -> String {
    super::prose::without_hashes(line).into_owned()
}
