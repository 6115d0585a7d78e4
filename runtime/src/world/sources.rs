//! Where the functions of a file are in its text, read from its bytecode with the texts of functions.
//!
//! Bytecode holds the text of each function anew, and so that of a function in a function twice. A file
//! is kept without them, and this table is made where a script asks for one. The engine knows a function
//! of a kept file by the line and column that it was compiled at.

use std::{collections::HashMap, ops::Range};

/// The texts of the functions of one file, as ranges of it.
#[derive(Debug)]
pub(crate) struct Sources(HashMap<(u32, u32), Range<usize>>);

impl Sources {
    /// Reads the bytecode of a file with this text; none when it is not as the engine writes it.
    pub(crate) fn read(bytecode: &[u8], text: &[u8]) -> Option<Self> {
        let mut reader = Reader { rest: bytecode };
        reader.header()?;
        let mut sources = Self(HashMap::new());
        let lines: Vec<usize> = memchr::memchr_iter(b'\n', text).collect();
        let mut expected = vec![Part::Value];
        while let Some(part) = expected.pop() {
            match part {
                Part::Value => reader.value(&mut expected)?,
                Part::Property => {
                    reader.number()?;
                    expected.push(Part::Value);
                }
                Part::Code(length) => drop(reader.take(length)?),
                Part::Positions => {
                    let (place, source) = reader.positions()?;
                    let line = usize::try_from(place.0).ok()?.checked_sub(2);
                    let line = line.and_then(|line| lines.get(line)).copied().unwrap_or_default();
                    // The place is somewhere in the function or at its end, or little before it.
                    let column = usize::try_from(place.1).ok()?;
                    let behind = line.saturating_add(column);
                    let near = behind.saturating_sub(source.len()).saturating_sub(NEAR);
                    sources.add(place, source, near, text);
                }
            }
        }
        Some(sources)
    }

    /// The text of the function that was compiled at a line and column.
    pub(crate) fn at(&self, line: u32, column: u32) -> Option<Range<usize>> {
        self.0.get(&(line, column)).cloned()
    }

    fn add(&mut self, place: (u32, u32), source: &[u8], near: usize, text: &[u8]) {
        // What reads the same is as good.
        let find = |from: usize| {
            let found = memchr::memmem::find(text.get(from..)?, source)?;
            Some(from.saturating_add(found))
        };
        if let Some(start) = find(near).or_else(|| find(0))
            && !source.is_empty()
        {
            self.0.entry(place).or_insert(start..start.saturating_add(source.len()));
        }
    }
}

/// How far from a function the engine may have noted its place.
const NEAR: usize = 8;

/// What comes next in the bytecode.
enum Part {
    Value,
    /// A property of an object: its name, and its value.
    Property,
    /// The instructions of a function.
    Code(usize),
    /// Where a function is in its file, and its text.
    Positions,
}

/// What is left of the bytecode.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// The version, the checksum and the names.
    fn header(&mut self) -> Option<()> {
        self.take(5)?;
        for _ in 0..self.number()? {
            match self.byte()? {
                0..0x80 => self.string()?,
                0x80..0xc0 => {}
                0xc0.. => drop(self.number()?),
            }
        }
        Some(())
    }

    fn value(&mut self, expected: &mut Vec<Part>) -> Option<()> {
        match self.byte()? {
            // `null`, `undefined`, `false`, `true`
            1..=4 => {}
            // A whole number, a symbol.
            5 | 23 => drop(self.number()?),
            6 => drop(self.take(8)?),
            7 => self.string()?,
            8 => {
                for _ in 0..self.number()? {
                    expected.push(Part::Property);
                }
            }
            9 => self.values(expected, 0)?,
            10 => {
                let length = self.number()?;
                self.take(length)?;
            }
            // The texts of a template, and those as they are written.
            11 => self.values(expected, 1)?,
            12 => self.function(expected)?,
            // A regular expression: as it is written, and compiled.
            17 => {
                self.string()?;
                self.string()?;
            }
            _ => return None,
        }
        Some(())
    }

    fn values(&mut self, expected: &mut Vec<Part>, more: usize) -> Option<()> {
        for _ in 0..self.number()?.checked_add(more)? {
            expected.push(Part::Value);
        }
        Some(())
    }

    fn function(&mut self, expected: &mut Vec<Part>) -> Option<()> {
        // Flags, whether it is strict, and its name.
        self.take(3)?;
        self.number()?;
        // Its numbers of arguments, variables, expected arguments, places on the stack and variables
        // that are shared.
        for _ in 0..5 {
            self.number()?;
        }
        let (captured, constants, length) = (self.number()?, self.number()?, self.number()?);
        for _ in 0..self.number()? {
            self.variable()?;
        }
        for _ in 0..captured.checked_mul(3)? {
            self.number()?;
        }
        expected.push(Part::Positions);
        expected.push(Part::Code(length));
        for _ in 0..constants {
            expected.push(Part::Value);
        }
        Some(())
    }

    fn variable(&mut self) -> Option<()> {
        const IS_CAPTURED: u8 = 1 << 6;
        for _ in 0..3 {
            self.number()?;
        }
        if self.byte()? & IS_CAPTURED != 0 {
            self.number()?;
        }
        Some(())
    }

    /// The line and column of a function, and its text.
    fn positions(&mut self) -> Option<((u32, u32), &'a [u8])> {
        // The name of the file.
        self.number()?;
        let place = (self.number()?.try_into().ok()?, self.number()?.try_into().ok()?);
        let length = self.number()?;
        self.take(length)?;
        let length = self.number()?;
        Some((place, self.take(length)?))
    }

    /// The text of a name or a constant, of which the lowest bit of the length says how wide it is.
    fn string(&mut self) -> Option<()> {
        let length = self.number()?;
        self.take((length >> 1).checked_mul(1 + (length & 1))?)?;
        Some(())
    }

    /// A number of 32 bits (LEB128).
    fn number(&mut self) -> Option<usize> {
        let mut number = 0_usize;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}
