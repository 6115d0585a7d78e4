//! JSDoc text and tags as TypeScript's own parser gives them, indentation rules and quirks included:
//! plugin authors have written their comments against what it prints.

use miette::SourceSpan;

use crate::cut::Cut as _;
use crate::syntax::{Docs, Tag};

/// Parses the comment at `from..to` of `text`, which starts with `/**` and ends with `*/`.
pub(super) fn parse(text: &str, from: usize, to: usize) -> Docs {
    let line = text.cut(..from).rfind('\n').map_or(0, |newline| newline + 1);
    let mut parser = Parser {
        scanner: Scanner { text, at: from + 3, end: to - 2, start: from + 3, token: Token::End },
        tags: Vec::new(),
        indent: text.cut(line..from).chars().count() + 4,
    };
    let text = parser.body();
    let span = Some(SourceSpan::from((from, to - from)));
    Docs { text, tags: parser.tags, span, beside: None }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Token {
    End,
    Newline,
    Space,
    Word,
    /// Any other character, alone.
    Char(char),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    LineStart,
    SawAsterisk,
    Saving,
    SavingBackticks,
}

#[derive(Clone, Copy)]
struct Scanner<'a> {
    text: &'a str,
    /// Where the next token starts.
    at: usize,
    end: usize,
    /// Where this token starts.
    start: usize,
    token: Token,
}

impl<'a> Scanner<'a> {
    fn next(&mut self) -> Token {
        self.start = self.at;
        let rest = self.text.cut(self.at..self.end);
        let (token, length) = match rest.chars().next() {
            None => (Token::End, 0),
            Some('\r') if rest.starts_with("\r\n") => (Token::Newline, 2),
            Some('\r' | '\n') => (Token::Newline, 1),
            Some('\t' | '\u{b}' | '\u{c}' | ' ') => (Token::Space, run(rest, is_space)),
            Some(c) if is_word_start(c) => {
                (Token::Word, run(rest, |c| is_word_part(c) || c == '-'))
            }
            Some(c) => (Token::Char(c), c.len_utf8()),
        };
        self.at += length;
        self.token = token;
        token
    }

    fn text(&self) -> &'a str {
        self.text.cut(self.start..self.at)
    }

    /// What the scanner for code would read next: without trivia, names without hyphens. Tags with
    /// a name in them leave the comment's grammar for one token.
    fn next_as_code(&mut self) -> Token {
        loop {
            let rest = self.text.cut(self.at..self.end);
            let blank = rest.len() - rest.trim_start().len();
            self.at += blank;
            let rest = rest.cut(blank..);
            if rest.starts_with("//") {
                self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
            } else if let Some(comment) = rest.strip_prefix("/*") {
                self.at += comment.find("*/").map_or(rest.len(), |length| length + 4);
            } else {
                break;
            }
        }
        self.start = self.at;
        let rest = self.text.cut(self.at..self.end);
        let (token, length) = match rest.chars().next() {
            None => (Token::End, 0),
            Some(c) if is_word_start(c) => (Token::Word, run(rest, is_word_part)),
            Some(quote @ ('"' | '\'')) => (Token::Char(quote), quoted(rest, quote)),
            Some(c) if c.is_ascii_digit() => {
                (Token::Char(c), run(rest, |c| c.is_ascii_alphanumeric() || c == '.'))
            }
            Some(c) => (Token::Char(c), punctuation(rest).unwrap_or(c.len_utf8())),
        };
        self.at += length;
        self.token = token;
        token
    }
}

fn punctuation(rest: &str) -> Option<usize> {
    const LONG: [&str; 18] = [
        "...", "===", "!==", "**=", "=>", "==", "!=", "<=", "**", "++", "--", "&&", "||", "??",
        "?.", "+=", "-=", "*=",
    ];
    LONG.iter().find(|long| rest.starts_with(**long)).map(|long| long.len())
}

fn quoted(rest: &str, quote: char) -> usize {
    let inner = rest.cut(1..);
    match inner.find([quote, '\n', '\r']) {
        Some(length) if inner.cut(length..).starts_with(quote) => length + 2,
        Some(length) => length + 1,
        None => rest.len(),
    }
}

fn run(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

fn is_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\u{b}' | '\u{c}' | '\u{a0}' | '\u{85}' | '\u{1680}' | '\u{2000}'
            ..='\u{200b}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}'
    )
}

fn is_word_start(c: char) -> bool {
    c == '$' || c == '_' || c.is_alphabetic()
}

fn is_word_part(c: char) -> bool {
    is_word_start(c)
        || c.is_numeric() && c != '²' && c != '³' && c != '¹' && (c.is_ascii() || is_mark(c))
        || is_mark(c)
}

/// Combining marks, the joiners and the other characters that only continue a name.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '·' | '\u{660}'..='\u{669}' | '\u{ff10}'..='\u{ff19}')
}

/// Pieces of a comment's text, and the column from which indentation counts as text.
struct Pieces<'a> {
    texts: Vec<&'a str>,
    margin: usize,
    indent: usize,
}

impl<'a> Pieces<'a> {
    fn new(indent: usize) -> Self {
        Self { texts: Vec::new(), margin: 0, indent }
    }

    fn push(&mut self, text: &'a str) {
        if self.margin == 0 {
            self.margin = self.indent;
        }
        self.texts.push(text);
        self.indent += text.chars().count();
    }

    fn newline(&mut self, text: &'a str) {
        self.texts.push(text);
        self.indent = 0;
    }

    /// Keeps of `space` what goes beyond the margin.
    fn space(&mut self, space: &'a str, has_margin: bool) {
        let width = space.chars().count();
        if has_margin && self.indent + width > self.margin {
            let from = if self.margin < self.indent {
                width.saturating_sub(self.indent - self.margin)
            } else {
                self.margin - self.indent
            };
            let from = space.char_indices().nth(from).map_or(space.len(), |(at, _)| at);
            self.texts.push(space.cut(from..));
        }
        self.indent += width;
    }

    fn trim_end(&mut self) {
        while self.texts.last().is_some_and(|piece| piece.trim().is_empty()) {
            self.texts.pop();
        }
    }

    fn finish(mut self) -> Option<String> {
        let newlines = self.texts.iter().take_while(|piece| matches!(**piece, "\n" | "\r")).count();
        self.texts.drain(..newlines);
        self.trim_end();
        (!self.texts.is_empty()).then(|| self.texts.concat())
    }
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    tags: Vec<Tag>,
    /// The column after `/** `.
    indent: usize,
}

impl<'a> Parser<'a> {
    /// The text before the first tag; collects the tags on its way.
    fn body(&mut self) -> Option<String> {
        let mut text = Pieces::new(self.indent);
        let mut state = State::SawAsterisk;
        let mut has_margin = false;
        while self.scanner.next() == Token::Space {}
        if self.scanner.token == Token::Newline {
            state = State::LineStart;
            text.indent = 0;
            self.scanner.next();
        }
        loop {
            match self.scanner.token {
                Token::Char('@') if matches!(state, State::LineStart | State::SawAsterisk) => {
                    text.trim_end();
                    self.tag(text.indent);
                    state = State::LineStart;
                    text.margin = 0;
                    has_margin = false;
                }
                Token::Newline => {
                    text.newline(self.scanner.text());
                    state = State::LineStart;
                }
                Token::Char('*') if state == State::LineStart => {
                    state = State::SawAsterisk;
                    text.indent += 1;
                }
                Token::Space if state == State::Saving => {
                    let space = self.scanner.text();
                    text.texts.push(space);
                    text.indent += space.chars().count();
                }
                Token::Space => text.space(self.scanner.text(), has_margin),
                Token::End => return text.finish(),
                _ => {
                    state = State::Saving;
                    has_margin = true;
                    text.push(self.scanner.text());
                }
            }
            self.scanner.next();
        }
    }

    /// Reads the tag at the current `@`. `margin` is its column.
    fn tag(&mut self, margin: usize) {
        let start = self.scanner.start;
        self.scanner.next();
        let name = self.name();
        let end_of_name = start + 1 + name.len();
        let indent_text = self.skip_space();
        let at = Where { start, margin, indent_text };
        let mut tag = Tag {
            name: name.to_owned(),
            text: None,
            param: None,
            span: SourceSpan::from((start, end_of_name - start)),
        };
        match name {
            "param" | "arg" | "argument" => self.param(&mut tag, start, margin),
            "return" | "returns" => {
                self.braced_type();
                tag.text = self.trailing(at);
            }
            "see" => self.see(&mut tag, at),
            "type" => {
                let ty = self.bare_or_braced_type();
                tag.text = Some(with_node(ty, self.trailing(at)));
            }
            "this" | "enum" => {
                self.bare_or_braced_type();
                self.skip_blank();
                tag.text = self.trailing(at);
            }
            "implements" | "augments" | "extends" => {
                let class = self.class_reference();
                tag.text = Some(with_node(class, self.trailing(at)));
            }
            "template" => {
                let names = self.template_names();
                tag.text = Some(with_node(&names, self.trailing(at)));
            }
            "author" => {
                let author = self.author();
                let rest = self.text_to_the_end(at).unwrap_or_default();
                let author = author + &rest;
                tag.text = (!author.is_empty()).then_some(author);
            }
            "typedef" => tag.text = self.typedef(at),
            "callback" => tag.text = self.callback(at),
            _ => tag.text = self.trailing(at),
        }
        self.tags.push(tag);
    }

    /// An identifier of the comment grammar; empty when there is none.
    fn name(&mut self) -> &'a str {
        if self.scanner.token != Token::Word {
            return "";
        }
        let name = self.scanner.text();
        self.scanner.next();
        name
    }

    /// Skips space, line ends and the asterisks that start lines, but not the end of the comment.
    /// Returns the indentation of the line it ends on, if it left its own.
    fn skip_space(&mut self) -> &'a str {
        if self.at_blank() && self.only_blank_follows() {
            return "";
        }
        let mut after_newline = self.scanner.token == Token::Newline;
        let mut seen_newline = false;
        let mut indent_from = self.scanner.start;
        loop {
            match self.scanner.token {
                Token::Newline => {
                    after_newline = true;
                    seen_newline = true;
                    indent_from = self.scanner.at;
                }
                Token::Char('*') if after_newline => after_newline = false,
                Token::Space => {}
                _ => break,
            }
            self.scanner.next();
        }
        if seen_newline { self.scanner.text.cut(indent_from..self.scanner.start) } else { "" }
    }

    fn skip_blank(&mut self) {
        if self.at_blank() && self.only_blank_follows() {
            return;
        }
        while self.at_blank() {
            self.scanner.next();
        }
    }

    fn at_blank(&self) -> bool {
        matches!(self.scanner.token, Token::Space | Token::Newline)
    }

    fn only_blank_follows(&self) -> bool {
        let mut ahead = self.scanner;
        loop {
            match ahead.next() {
                Token::End => return true,
                Token::Space | Token::Newline => {}
                _ => return false,
            }
        }
    }

    /// The text after a tag's name and whatever the tag has read of it.
    fn trailing(&mut self, at: Where<'a>) -> Option<String> {
        self.text_behind(at, self.scanner.start)
    }

    /// The same for a tag that takes the whole comment for what it has read.
    fn text_to_the_end(&mut self, at: Where<'a>) -> Option<String> {
        self.text_behind(at, self.scanner.end)
    }

    fn text_behind(&mut self, at: Where<'a>, end: usize) -> Option<String> {
        let mut margin = at.margin;
        if at.indent_text.is_empty() {
            margin += self.scanner.text.cut(at.start..end.max(at.start)).chars().count();
        }
        let initial = at
            .indent_text
            .char_indices()
            .nth(margin)
            .map_or("", |(cut, _)| at.indent_text.cut(cut..));
        self.text_of_tag(margin, Some(initial))
    }

    fn text_of_tag(&mut self, indent: usize, initial: Option<&'a str>) -> Option<String> {
        let mut text = Pieces::new(indent);
        let mut state = State::LineStart;
        let mut has_margin = false;
        let mut after_space = true;
        if let Some(initial) = initial {
            if !initial.is_empty() {
                text.push(initial);
                has_margin = true;
            }
            state = State::SawAsterisk;
        }
        loop {
            let saving = matches!(state, State::Saving | State::SavingBackticks);
            match self.scanner.token {
                Token::Newline => {
                    state = State::LineStart;
                    text.newline(self.scanner.text());
                }
                Token::Char('@') => {
                    let inside =
                        state == State::SavingBackticks || !after_space && state == State::Saving;
                    if !inside {
                        self.scanner.at = self.scanner.start;
                        break;
                    }
                    text.texts.push(self.scanner.text());
                }
                Token::End => break,
                Token::Space if saving => text.push(self.scanner.text()),
                Token::Space => text.space(self.scanner.text(), has_margin),
                Token::Char('{') => {
                    state = State::Saving;
                    has_margin = true;
                    if self.link_follows() {
                        text.push(self.scanner.text());
                        self.scanner.next();
                        text.push(self.scanner.text());
                        self.scanner.next();
                    }
                    text.push(self.scanner.text());
                }
                Token::Char('`') => {
                    state = if state == State::SavingBackticks {
                        State::Saving
                    } else {
                        State::SavingBackticks
                    };
                    has_margin = true;
                    text.push(self.scanner.text());
                }
                Token::Char('*') if state == State::LineStart => {
                    state = State::SawAsterisk;
                    text.indent += 1;
                }
                _ => {
                    if state != State::SavingBackticks {
                        state = State::Saving;
                    }
                    has_margin = true;
                    text.push(self.scanner.text());
                }
            }
            after_space = self.scanner.token == Token::Space;
            self.scanner.next();
        }
        text.finish()
    }

    fn link_follows(&self) -> bool {
        let mut ahead = self.scanner;
        ahead.next() == Token::Char('@') && ahead.next() == Token::Word && ahead.text() == "link"
    }

    fn param(&mut self, tag: &mut Tag, start: usize, margin: usize) {
        let typed = self.braced_type();
        self.skip_space();
        let (name, simple) = self.param_name();
        let indent_text = self.skip_space();
        if typed.is_none() {
            self.braced_type();
        }
        let comment = self.trailing(Where { start, margin, indent_text });
        if typed.is_some_and(is_object_type) {
            while self.nested_param(name) {}
        }
        tag.param = simple.then(|| (name.to_owned(), comment.clone()));
        tag.text = Some(with_node(name, comment));
    }

    /// `@typedef {Object} Name` swallows the `@property` tags after it.
    fn typedef(&mut self, at: Where<'a>) -> Option<String> {
        let ty = self.braced_type();
        self.skip_space();
        let name = self.dotted_name();
        self.skip_blank();
        let mut comment = self.text_of_tag(at.margin, None);
        if ty.is_none_or(is_object_type) {
            while self.child(&["type", "prop", "property"], &|_| true) {}
        }
        if comment.is_none() {
            comment = self.trailing(at);
        }
        if name.is_empty() { comment } else { Some(with_node(name, comment)) }
    }

    /// `@callback Name` swallows the `@param` tags after it, and one `@returns`.
    fn callback(&mut self, at: Where<'a>) -> Option<String> {
        let name = self.dotted_name();
        self.skip_blank();
        let mut comment = self.text_of_tag(at.margin, None);
        while self.child(&["param", "arg", "argument"], &|_| true) {}
        self.returns_of_callback(at.margin);
        if comment.is_none() {
            comment = self.trailing(at);
        }
        if name.is_empty() { comment } else { Some(with_node(name, comment)) }
    }

    fn returns_of_callback(&mut self, margin: usize) {
        let before = self.scanner;
        if self.scanner.token != Token::Char('@') {
            return;
        }
        self.scanner.next();
        let start = self.scanner.start;
        self.scanner.next();
        if matches!(self.name(), "return" | "returns") {
            let indent_text = self.skip_space();
            self.braced_type();
            self.trailing(Where { start, margin, indent_text });
        } else {
            self.scanner = before;
        }
    }

    /// `a.b.c`: the last name in it.
    fn dotted_name(&mut self) -> &'a str {
        let mut name = self.name();
        while !name.is_empty() && self.scanner.token == Token::Char('.') {
            self.scanner.next_as_code();
            name = self.name();
        }
        name
    }

    /// `@param {Object} a` swallows the `@param a.b` tags after it.
    fn nested_param(&mut self, outer: &str) -> bool {
        let belongs =
            |inner: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'));
        self.child(&["param", "arg", "argument"], &belongs)
    }

    /// Reads the next tag, if it is one of these and its text `belongs` to the tag before it.
    fn child(&mut self, names: &[&str], belongs: &dyn Fn(&str) -> bool) -> bool {
        let before = self.scanner;
        let tags = self.tags.len();
        while self.scanner.next() != Token::Char('@') {
            if matches!(self.scanner.token, Token::End | Token::Word) {
                self.scanner = before;
                return false;
            }
        }
        let start = self.scanner.start;
        self.scanner.next();
        let name = self.name();
        self.skip_blank();
        let mut tag = Tag { name: String::new(), text: None, param: None, span: (start, 0).into() };
        let is_child = names.contains(&name);
        if is_child && name == "type" {
            self.bare_or_braced_type();
        } else if is_child {
            self.param(&mut tag, start, 0);
        }
        self.tags.truncate(tags);
        let belongs = is_child && belongs(&tag.text.unwrap_or_default());
        if !belongs {
            self.scanner = before;
        }
        belongs
    }

    /// `name`, `a.b`, `[name = 1]`, `` `name` ``: its text, and whether it is one plain identifier.
    fn param_name(&mut self) -> (&'a str, bool) {
        let bracketed = self.accept('[');
        if bracketed {
            self.skip_blank();
        }
        let backquoted = self.accept('`');
        let start = self.scanner.start;
        let mut end = start + self.name().len();
        let mut simple = end > start;
        loop {
            if self.scanner.token == Token::Char('[') {
                self.scanner.next_as_code();
                if self.scanner.token == Token::Char(']') {
                    end = self.scanner.at;
                    self.scanner.next_as_code();
                }
            }
            if self.scanner.token != Token::Char('.') {
                break;
            }
            self.scanner.next_as_code();
            if self.scanner.token == Token::Word {
                end = self.scanner.at;
                self.scanner.next();
            }
            simple = false;
        }
        if backquoted {
            self.accept('`');
        }
        if bracketed {
            while !matches!(self.scanner.token, Token::Char(']') | Token::Newline | Token::End) {
                self.scanner.next();
            }
            if self.scanner.token == Token::Char(']') {
                self.scanner.next_as_code();
            }
        }
        (self.scanner.text.cut(start..end), simple)
    }

    fn accept(&mut self, c: char) -> bool {
        let found = self.scanner.token == Token::Char(c);
        if found {
            self.scanner.next();
        }
        found
    }

    /// `{type}`: its text without the braces, if there is one.
    fn braced_type(&mut self) -> Option<&'a str> {
        self.skip_space();
        if self.scanner.token != Token::Char('{') {
            return None;
        }
        let start = self.scanner.at;
        self.scanner.next_as_code();
        self.skip_type();
        let ty = self.scanner.text.cut(start..self.scanner.start.max(start)).trim();
        self.accept('}');
        Some(ty)
    }

    /// Reads a type as far as it is one. What follows a mistake counts as text.
    fn skip_type(&mut self) {
        loop {
            while matches!(self.scanner.token, Token::Char('?' | '!' | '*' | '.' | '|' | '&')) {
                self.scanner.next_as_code();
            }
            match self.scanner.token {
                Token::Char('{') => self.skip_list('}'),
                Token::Char('(') => self.skip_list(')'),
                Token::Char('[') => self.skip_list(']'),
                Token::Word | Token::Char('\'' | '"' | '0'..='9' | '-') => {
                    let word = self.scanner.text();
                    self.scanner.next_as_code();
                    if matches!(word, "keyof" | "typeof" | "readonly" | "new" | "function") {
                        continue;
                    }
                }
                _ => return,
            }
            if !self.skip_suffixes() {
                return;
            }
        }
    }

    /// What may follow a type; whether another type has to come then.
    fn skip_suffixes(&mut self) -> bool {
        loop {
            match self.scanner.token {
                Token::Char('<') => self.skip_list('>'),
                Token::Char('[') => self.skip_list(']'),
                Token::Char('?' | '!') => {
                    self.scanner.next_as_code();
                }
                Token::Char('.') => {
                    self.scanner.next_as_code();
                    if self.scanner.token == Token::Word {
                        self.scanner.next_as_code();
                    }
                }
                Token::Char('=') => {
                    let arrow = self.scanner.text() == "=>";
                    self.scanner.next_as_code();
                    return arrow;
                }
                Token::Char('|' | '&') => {
                    self.scanner.next_as_code();
                    return true;
                }
                Token::Word if matches!(self.scanner.text(), "extends" | "is") => {
                    self.scanner.next_as_code();
                    return true;
                }
                _ => return false,
            }
        }
    }

    /// Types between brackets, separated by commas, semicolons and (but in `<>`) colons.
    fn skip_list(&mut self, close: char) {
        self.scanner.next_as_code();
        loop {
            self.skip_type();
            match self.scanner.token {
                Token::Char(c) if c == close => {
                    self.scanner.next_as_code();
                    return;
                }
                Token::Char(',' | ';') => {
                    self.scanner.next_as_code();
                }
                Token::Char(':') if close != '>' => {
                    self.scanner.next_as_code();
                }
                _ => return,
            }
        }
    }

    /// The balanced braces at the current token.
    fn braces(&mut self) -> &'a str {
        let start = self.scanner.start;
        let mut depth = 0_usize;
        loop {
            match self.scanner.token {
                Token::Char('{') => depth += 1,
                Token::Char('}') => depth -= 1,
                Token::End => return self.scanner.text.cut(start..self.scanner.start),
                _ => {}
            }
            self.scanner.next();
            if depth == 0 {
                return self.scanner.text.cut(start..self.scanner.start);
            }
        }
    }

    fn bare_or_braced_type(&mut self) -> &'a str {
        if self.scanner.token == Token::Char('{') {
            return self.braces();
        }
        let start = self.scanner.start;
        let mut end = start;
        while matches!(
            self.scanner.token,
            Token::Word | Token::Char('.' | '[' | ']' | '<' | '>' | '|')
        ) {
            end = self.scanner.at;
            self.scanner.next_as_code();
        }
        self.scanner.text.cut(start..end)
    }

    fn class_reference(&mut self) -> &'a str {
        let braced = self.scanner.token == Token::Char('{');
        if braced {
            self.scanner.next_as_code();
        }
        let start = self.scanner.start;
        let mut end = start + self.name().len();
        while self.scanner.token == Token::Char('.') {
            self.scanner.next_as_code();
            end = self.scanner.at;
            self.name();
        }
        if self.scanner.token == Token::Char('<') {
            while !matches!(self.scanner.token, Token::Char('>') | Token::End) {
                self.scanner.next();
            }
            end = self.scanner.at;
            self.scanner.next_as_code();
        }
        if braced && self.scanner.token == Token::Char('}') {
            self.scanner.next_as_code();
        }
        self.scanner.text.cut(start..end)
    }

    fn template_names(&mut self) -> String {
        if self.scanner.token == Token::Char('{') {
            self.braces();
        }
        let mut names = Vec::new();
        loop {
            self.skip_blank();
            names.push(self.name());
            self.skip_space();
            if !self.accept(',') {
                return names.join(", ");
            }
        }
    }

    /// `@see` takes the first name of its text for a reference, and reads one token too far.
    fn see(&mut self, tag: &mut Tag, at: Where<'a>) {
        let start = self.scanner.start;
        let mut end = start;
        if self.scanner.token == Token::Char('{') {
            end = self.scanner.at;
            self.scanner.next_as_code();
        }
        if self.scanner.token == Token::Word {
            end = self.scanner.start + run(self.scanner.text(), is_word_part);
            self.scanner.at = end;
            self.scanner.next_as_code();
            while self.scanner.token == Token::Char('.') && self.scanner.text() == "." {
                end = self.scanner.at;
                if self.scanner.next_as_code() == Token::Word {
                    end = self.scanner.at;
                    self.scanner.next_as_code();
                }
            }
        }
        if end > start
            && self.scanner.text.as_bytes().get(start) == Some(&b'{')
            && self.scanner.token == Token::Char('}')
        {
            end = self.scanner.at;
            self.scanner.next();
        }
        let name = self.scanner.text.cut(start..end);
        tag.text = Some(with_node(name, self.trailing(at)));
    }

    fn author(&mut self) -> String {
        let start = self.scanner.start;
        let mut in_email = false;
        loop {
            match self.scanner.token {
                Token::End | Token::Newline => break,
                Token::Char('<') => in_email = true,
                Token::Char('@') if !in_email => break,
                // The bracket starts the text that follows.
                Token::Char('>') if in_email => break,
                _ => {}
            }
            self.scanner.next();
        }
        self.scanner.text.cut(start..self.scanner.start).to_owned()
    }
}

/// Where a tag starts, and how its text is indented.
#[derive(Clone, Copy)]
struct Where<'a> {
    start: usize,
    margin: usize,
    indent_text: &'a str,
}

fn is_object_type(ty: &str) -> bool {
    matches!(ty.trim_end_matches("[]").trim(), "Object" | "object")
}

fn with_node(node: &str, comment: Option<String>) -> String {
    match comment {
        Some(comment) => format!("{node} {comment}"),
        None => node.to_owned(),
    }
}
