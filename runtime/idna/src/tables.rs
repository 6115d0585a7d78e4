//! What `build.rs` wrote, unpacked for the first name that is not ASCII.

use std::sync::OnceLock;

use crate::classes::Kind;

/// What is known of characters.
#[derive(Default)]
pub(crate) struct Tables {
    /// What happens to the characters from a place on.
    mappings: Vec<(u32, Mapping)>,
    /// The texts that single characters become.
    texts: Vec<char>,
    /// A character, and the two that it is made of; the second is NUL where there is but one.
    parts: Vec<(char, [char; 2])>,
    /// Two characters, the second one first, and what they become together.
    wholes: Vec<([char; 2], char)>,
    /// The properties of the characters from a place on.
    properties: Vec<(u32, u32)>,
}

#[derive(Clone, Copy)]
enum Mapping {
    Valid,
    Ignored,
    Disallowed,
    Pairs,
    Shifted(i32),
    /// Where in the texts, and how much of them.
    Text(u32, u32),
}

/// What a character becomes.
pub(crate) enum Mapped<'a> {
    One(char),
    Text(&'a [char]),
    Ignored,
}

const HANGUL: u32 = 0xac00;
const LEADING: u32 = 0x1100;
const VOWELS: u32 = 0x1161;
/// One before the first: a syllable may end without one.
const TRAILING: u32 = 0x11a7;

impl Tables {
    /// The only ones: they never change.
    pub(crate) fn get() -> &'static Self {
        static TABLES: OnceLock<Tables> = OnceLock::new();
        TABLES.get_or_init(|| {
            let packed = include_bytes!(concat!(env!("OUT_DIR"), "/tables"));
            let bytes = miniz_oxide::inflate::decompress_to_vec(packed).unwrap_or_default();
            Self::read(&mut Lists(bytes.iter()))
        })
    }

    fn read(lists: &mut Lists<'_>) -> Self {
        let mut tables = Self::default();
        tables.read_mappings(lists);
        tables.read_parts(lists);
        let (lengths, which, values) = (lists.next(), lists.next(), lists.next());
        let values = which.iter().map(|at| values.get(*at as usize).copied().unwrap_or_default());
        tables.properties = starts(&lengths).zip(values).collect();
        tables
    }

    fn read_mappings(&mut self, lists: &mut Lists<'_>) {
        let (lengths, kinds) = (lists.next(), lists.next());
        let (mut offsets, mut texts) = (lists.next().into_iter(), lists.next().into_iter());
        let mut last = 0;
        for (start, kind) in starts(&lengths).zip(kinds) {
            let mapping = match kind {
                kind if kind == Kind::Valid as u32 => Mapping::Valid,
                kind if kind == Kind::Ignored as u32 => Mapping::Ignored,
                kind if kind == Kind::Pairs as u32 => Mapping::Pairs,
                kind if kind == Kind::Shifted as u32 => {
                    Mapping::Shifted(signed(offsets.next().unwrap_or_default()))
                }
                kind if kind == Kind::Text as u32 => {
                    let (at, length) = (self.texts.len(), texts.next().unwrap_or_default());
                    for by in texts.by_ref().take(length as usize) {
                        self.texts.push(moved(&mut last, by));
                    }
                    Mapping::Text(u32::try_from(at).unwrap_or_default(), length)
                }
                _ => Mapping::Disallowed,
            };
            self.mappings.push((start, mapping));
        }
    }

    fn read_parts(&mut self, lists: &mut Lists<'_>) {
        let (wholes, firsts, seconds) = (lists.next(), lists.next(), lists.next());
        let (mut whole, mut first, mut second) = (0, 0, 0);
        for ((step, by), to) in wholes.into_iter().zip(firsts).zip(seconds) {
            whole += step >> 1;
            let it = char::from_u32(whole).unwrap_or_default();
            let (one, two) = (moved(&mut first, by), moved(&mut second, to));
            self.parts.push((it, [one, two]));
            if step & 1 != 0 {
                self.wholes.push(([two, one], it));
            }
        }
        self.wholes.sort_unstable();
    }

    /// What UTS 46 makes of a character.
    pub(crate) fn mapped(&self, it: char) -> Mapped<'_> {
        let code = u32::from(it);
        let Some((start, mapping)) = of(&self.mappings, it) else { return Mapped::One(it) };
        Mapped::One(match *mapping {
            Mapping::Ignored => return Mapped::Ignored,
            Mapping::Disallowed => char::REPLACEMENT_CHARACTER,
            Mapping::Pairs if (place(it) - start).is_multiple_of(2) => {
                char::from_u32(code + 1).unwrap_or_default()
            }
            Mapping::Pairs | Mapping::Valid => it,
            Mapping::Shifted(by) => {
                char::from_u32(code.wrapping_add_signed(by)).unwrap_or_default()
            }
            Mapping::Text(at, length) => {
                let at = at as usize;
                return Mapped::Text(self.texts.get(at..at + length as usize).unwrap_or_default());
            }
        })
    }

    /// A byte each: the combining class, the class of direction, the joining type, whether it is a mark.
    pub(crate) fn properties(&self, it: char) -> u32 {
        of(&self.properties, it).map_or(0, |(_, properties)| *properties)
    }

    /// Takes a character apart as far as it goes.
    pub(crate) fn take_apart(&self, it: char, part: &mut impl FnMut(char)) {
        let code = u32::from(it);
        if let Some(index @ 0..11172) = code.checked_sub(HANGUL) {
            part(char::from_u32(LEADING + index / 588).unwrap_or_default());
            part(char::from_u32(VOWELS + index % 588 / 28).unwrap_or_default());
            if index % 28 != 0 {
                part(char::from_u32(TRAILING + index % 28).unwrap_or_default());
            }
            return;
        }
        match self.parts.binary_search_by_key(&it, |(whole, _)| *whole) {
            Ok(at) => {
                let [first, second] = self.parts.get(at).map(|it| it.1).unwrap_or_default();
                self.take_apart(first, part);
                if second != '\0' {
                    self.take_apart(second, part);
                }
            }
            Err(_) => part(it),
        }
    }

    /// What two characters become together.
    pub(crate) fn together(&self, first: char, second: char) -> Option<char> {
        let (one, two) = (u32::from(first), u32::from(second));
        if let (Some(leading @ 0..19), Some(vowel @ 0..21)) =
            (one.checked_sub(LEADING), two.checked_sub(VOWELS))
        {
            return char::from_u32(HANGUL + (leading * 21 + vowel) * 28);
        }
        if let (Some(syllable @ 0..11172), Some(trailing @ 1..28)) =
            (one.checked_sub(HANGUL), two.checked_sub(TRAILING))
            && syllable % 28 == 0
        {
            return char::from_u32(one + trailing);
        }
        let at = self.wholes.binary_search_by_key(&[second, first], |it| it.0).ok()?;
        self.wholes.get(at).map(|it| it.1)
    }

    /// Whether a character becomes one with some character before it.
    pub(crate) fn joins(&self, it: char) -> bool {
        let at = self.wholes.partition_point(|(parts, _)| parts[0] < it);
        matches!(u32::from(it), 0x1161..=0x1175 | 0x11a8..=0x11c2)
            || self.wholes.get(at).is_some_and(|(parts, _)| parts[0] == it)
    }
}

/// The run that a character is in.
fn of<T>(runs: &[(u32, T)], it: char) -> Option<&(u32, T)> {
    let place = place(it);
    let behind = runs.partition_point(|(start, _)| *start <= place);
    runs.get(behind.checked_sub(1)?)
}

/// The number of a character among all of them: surrogates are none.
fn place(it: char) -> u32 {
    let code = u32::from(it);
    if code > 0xd7ff { code - 0x800 } else { code }
}

/// Where runs of these lengths start.
fn starts(lengths: &[u32]) -> impl Iterator<Item = u32> {
    lengths.iter().scan(0, |next, length| {
        let start = *next;
        *next += length;
        Some(start)
    })
}

/// A difference: small ones are short, whatever their sign.
fn signed(number: u32) -> i32 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// The character that is so far from the last one.
fn moved(last: &mut u32, by: u32) -> char {
    *last = last.wrapping_add_signed(signed(by));
    char::from_u32(*last).unwrap_or_default()
}

/// Lists of numbers, one behind the other, each behind its length.
struct Lists<'a>(std::slice::Iter<'a, u8>);

impl Lists<'_> {
    fn next(&mut self) -> Vec<u32> {
        let length = self.number();
        (0..length).map(|_| self.number()).collect()
    }

    /// A number in groups of seven bits, the lowest first.
    fn number(&mut self) -> u32 {
        let mut number = 0;
        for (group, byte) in (&mut self.0).take(5).enumerate() {
            number |= u32::from(byte & 0x7f) << (group * 7);
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    }
}
