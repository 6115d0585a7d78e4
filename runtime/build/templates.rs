//! Takes the template literals out of our JavaScript.

/// Writes template literals as sums of strings.
///
/// The engine compiles a template to a call of `concat`, which it looks up on the string: a script
/// that replaces `String.prototype.concat` would break ours. (Our files have no regular expression
/// literals; where a template converts what a script gave, they call `native.string`.)
pub(crate) fn without_templates(source: &str) -> String {
    let mut text = Text { rest: source, written: String::with_capacity(source.len()) };
    text.code();
    text.written
}

/// A text on its way from `rest` to `written`.
struct Text<'a> {
    rest: &'a str,
    written: String,
}

impl Text<'_> {
    /// Code up to the end, or to the brace that closes what was open at the beginning.
    fn code(&mut self) {
        let mut depth = 0_u32;
        while let Some(next) = self.rest.chars().next() {
            match next {
                '`' => self.template(),
                '\'' | '"' => self.string(next),
                '/' if self.rest.starts_with("//") => self.copy_through("\n"),
                '/' if self.rest.starts_with("/*") => self.copy_through("*/"),
                '}' if depth == 0 => return,
                _ => {
                    match next {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        _ => {}
                    }
                    self.copy();
                }
            }
        }
    }

    /// A template, from its first backtick to its last.
    fn template(&mut self) {
        self.skip();
        self.written.push_str("(\"");
        loop {
            match self.rest.chars().next() {
                None => return,
                Some('`') => {
                    self.skip();
                    return self.written.push_str("\")");
                }
                Some('$') if self.rest.starts_with("${") => {
                    self.skip();
                    self.skip();
                    self.written.push_str("\" + (");
                    self.code();
                    self.skip();
                    self.written.push_str(") + \"");
                }
                Some('\\') => {
                    self.copy();
                    self.copy();
                }
                Some('"') => {
                    self.skip();
                    self.written.push_str("\\\"");
                }
                Some(_) => self.copy(),
            }
        }
    }

    fn string(&mut self, quote: char) {
        self.copy();
        while let Some(next) = self.rest.chars().next() {
            self.copy();
            if next == '\\' {
                self.copy();
            } else if next == quote {
                return;
            }
        }
    }

    fn copy_through(&mut self, end: &str) {
        let length = self.rest.find(end).map_or(self.rest.len(), |at| at + end.len());
        self.written.push_str(&self.rest[..length]);
        self.rest = &self.rest[length..];
    }

    fn copy(&mut self) {
        if let Some(next) = self.skip() {
            self.written.push(next);
        }
    }

    fn skip(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }
}
