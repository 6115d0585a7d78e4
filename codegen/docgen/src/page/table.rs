//! Markdown tables with padded columns.

use typescript::Cut as _;

/// How wide a text is in its column.
pub(crate) type Width = fn(&str) -> usize;

pub(crate) struct Table {
    rows: Vec<Vec<String>>,
    width: Width,
}

/// As JavaScript counts.
pub(crate) fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

impl Table {
    pub(crate) fn new(header: &[&str]) -> Self {
        Self::with_width(header, utf16)
    }

    pub(crate) fn with_width(header: &[&str], width: Width) -> Self {
        let mut table = Self { rows: Vec::new(), width };
        table.row(header.iter().map(|&cell| cell.to_owned()).collect());
        table
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells.iter().map(|cell| escape(cell)).collect());
    }

    /// The table's lines, without the columns that have nothing but a header.
    pub(crate) fn lines(mut self) -> Vec<String> {
        let columns = self.columns();
        let used: Vec<bool> = (0..columns)
            .map(|column| {
                self.rows
                    .cut(1..)
                    .iter()
                    .any(|row| row.get(column).is_some_and(|cell| !cell.trim().is_empty()))
            })
            .collect();
        for row in &mut self.rows {
            let mut used = used.iter();
            row.retain(|_| used.next().copied().unwrap_or_default());
        }
        let widths: Vec<usize> = (0..self.columns())
            .map(|column| {
                self.rows
                    .iter()
                    .filter_map(|row| row.get(column))
                    .map(|cell| (self.width)(cell))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let border: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
        let mut lines: Vec<String> = self.rows.iter().map(|row| self.line(row, &widths)).collect();
        lines.insert(1, self.line(&border, &widths));
        lines
    }

    /// How many columns the header has, and every row.
    fn columns(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    fn line(&self, row: &[String], widths: &[usize]) -> String {
        let mut line = String::from("| ");
        for (cell, &width) in row.iter().zip(widths) {
            line += cell;
            line.extend(std::iter::repeat_n(' ', width - (self.width)(cell)));
            line += " | ";
        }
        line.trim().to_owned()
    }
}

/// A cell's text in one line: line breaks are spaces, and there are never two in a row.
fn escape(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    let mut rest = cell;
    while let Some(at) = rest.find([' ', '\n', '\r', '|']) {
        let (before, special) = rest.split_at(at);
        text += before;
        let broken = special.strip_prefix("\r\n");
        let after = broken.or_else(|| special.strip_prefix([' ', '\n']));
        match after {
            Some(_) if text.ends_with(' ') => {}
            Some(_) => text.push(' '),
            None if special.starts_with('|') => text += "\\|",
            None => text.push('\r'),
        }
        rest = after.unwrap_or(special.cut(1..));
    }
    text + rest
}
