//! The mapping of UTS 46 and the normalization form C behind it, as an iterator.

use std::collections::VecDeque;

use crate::tables::{Mapped, Tables};

/// What a text becomes.
pub(crate) struct Normalized<I> {
    source: I,
    tables: &'static Tables,
    /// What stands for a character that is to be left out.
    ignored: Option<char>,
    /// Characters that may still become one with others, or change places: see [`part`].
    segment: Vec<u32>,
    /// What is done.
    ready: VecDeque<char>,
}

impl<I: Iterator<Item = char>> Iterator for Normalized<I> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        loop {
            if let Some(it) = self.ready.pop_front() {
                return Some(it);
            }
            match self.source.next() {
                Some(it) => self.take(it),
                None if self.segment.is_empty() => return None,
                None => self.finish(),
            }
        }
    }
}

impl<I> Normalized<I> {
    pub(crate) fn new(source: I, ignored: Option<char>) -> Self {
        let (segment, ready) = (Vec::new(), VecDeque::new());
        Self { source, tables: Tables::get(), ignored, segment, ready }
    }

    /// Takes one character of the source.
    fn take(&mut self, it: char) {
        match self.tables.mapped(it) {
            Mapped::One(it) => self.add(it),
            Mapped::Text(text) => text.iter().for_each(|it| self.add(*it)),
            Mapped::Ignored => self.ignored.into_iter().for_each(|it| self.add(it)),
        }
    }

    /// Takes what a character is mapped to.
    fn add(&mut self, it: char) {
        let tables = self.tables;
        tables.take_apart(it, &mut |it| {
            let class = tables.properties(it) & 0xff;
            if class == 0 && !tables.joins(it) {
                self.finish();
            }
            self.segment.push(part(it, class));
        });
    }

    /// Sorts and joins the segment: what comes next has nothing to do with it.
    fn finish(&mut self) {
        for marks in self.segment.chunk_by_mut(|_, next| class(*next) != 0) {
            marks.sort_by_key(|it| class(*it));
        }
        let (mut starter, mut last) = (None, 0);
        for it in self.segment.drain(..) {
            let (now, it) = (class(it), character(it));
            if let Some(at) = starter {
                // Nothing of its class or above stands in between.
                let meets = at + 1 == self.ready.len() || last < now;
                if let Some(before) = self.ready.get_mut(at).filter(|_| meets)
                    && let Some(whole) = self.tables.together(*before, it)
                {
                    *before = whole;
                    continue;
                }
            }
            if now == 0 {
                starter = Some(self.ready.len());
            }
            last = now;
            self.ready.push_back(it);
        }
    }
}

/// A part of a segment: a character, and above it its combining class.
fn part(it: char, class: u32) -> u32 {
    u32::from(it) | (class << 24)
}

fn character(part: u32) -> char {
    char::from_u32(part & 0x00ff_ffff).unwrap_or_default()
}

fn class(part: u32) -> u32 {
    part >> 24
}
