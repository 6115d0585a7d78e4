//! What Unicode says of the names of hosts, for `idna`, which `url` asks: the mapping of UTS 46, and
//! the properties by which labels are checked.
//!
//! It stands in the place of the crate of this name (`[patch]` in the workspace's manifest), and knows
//! the same from tables of a fifth of the size. The interface is that crate's.

#![deny(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::get_unwrap,
    clippy::unreachable
)]

#[allow(dead_code, reason = "the build names all of them")]
mod classes;
mod normalize;
mod tables;

use classes::{Bidi, Joining};
use normalize::Normalized;
use tables::Tables;

/// What joins with the next letter.
pub const LEFT_OR_DUAL_JOINING_MASK: JoiningTypeMask =
    JoiningTypeMask(1 << Joining::Left as u32 | 1 << Joining::Dual as u32);
/// What joins with the letter before.
pub const RIGHT_OR_DUAL_JOINING_MASK: JoiningTypeMask =
    JoiningTypeMask(1 << Joining::Right as u32 | 1 << Joining::Dual as u32);

/// What makes a name one that is written from the right.
pub const RTL_MASK: BidiClassMask =
    BidiClassMask::of(&[Bidi::RightToLeft, Bidi::ArabicLetter, Bidi::ArabicNumber]);
/// What a label begins with.
pub const FIRST_BC_MASK: BidiClassMask =
    BidiClassMask::of(&[Bidi::LeftToRight, Bidi::RightToLeft, Bidi::ArabicLetter]);
/// What a label from the left ends with.
pub const LAST_LTR_MASK: BidiClassMask =
    BidiClassMask::of(&[Bidi::LeftToRight, Bidi::EuropeanNumber]);
/// What a label from the right ends with.
pub const LAST_RTL_MASK: BidiClassMask = BidiClassMask::of(&[
    Bidi::RightToLeft,
    Bidi::ArabicLetter,
    Bidi::EuropeanNumber,
    Bidi::ArabicNumber,
]);
/// What is inside of a label from the left.
pub const MIDDLE_LTR_MASK: BidiClassMask = BidiClassMask::of(&[
    Bidi::LeftToRight,
    Bidi::EuropeanNumber,
    Bidi::Neutral,
    Bidi::NonspacingMark,
]);
/// What is inside of a label from the right.
pub const MIDDLE_RTL_MASK: BidiClassMask = BidiClassMask::of(&[
    Bidi::RightToLeft,
    Bidi::ArabicLetter,
    Bidi::ArabicNumber,
    Bidi::EuropeanNumber,
    Bidi::Neutral,
    Bidi::NonspacingMark,
]);

/// How a letter joins with those beside it.
#[derive(Clone, Copy)]
pub struct JoiningType(u32);

impl JoiningType {
    /// As a set of one.
    #[must_use]
    pub fn to_mask(self) -> JoiningTypeMask {
        JoiningTypeMask(1 << self.0)
    }

    /// Whether letters join across it.
    #[must_use]
    pub fn is_transparent(self) -> bool {
        self.0 == Joining::Transparent as u32
    }
}

/// A set of joining types.
#[derive(Clone, Copy)]
pub struct JoiningTypeMask(u32);

impl JoiningTypeMask {
    /// Whether the two sets have something in common.
    #[must_use]
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The class of a character's direction.
#[derive(Clone, Copy)]
pub struct BidiClass(u32);

impl BidiClass {
    /// As a set of one.
    #[must_use]
    pub fn to_mask(self) -> BidiClassMask {
        BidiClassMask(1 << self.0)
    }

    /// Whether it is written from the left.
    #[must_use]
    pub fn is_ltr(self) -> bool {
        self.0 == Bidi::LeftToRight as u32
    }

    /// Whether it is a mark that takes no room.
    #[must_use]
    pub fn is_nonspacing_mark(self) -> bool {
        self.0 == Bidi::NonspacingMark as u32
    }

    /// Whether it is a digit as Europe writes them.
    #[must_use]
    pub fn is_european_number(self) -> bool {
        self.0 == Bidi::EuropeanNumber as u32
    }

    /// Whether it is a digit as Arabic writes them.
    #[must_use]
    pub fn is_arabic_number(self) -> bool {
        self.0 == Bidi::ArabicNumber as u32
    }
}

/// A set of classes of direction.
#[derive(Clone, Copy)]
pub struct BidiClassMask(u32);

impl BidiClassMask {
    const fn of(mut classes: &[Bidi]) -> Self {
        let mut set = 0;
        while let [first, rest @ ..] = classes {
            set |= 1 << *first as u32;
            classes = rest;
        }
        Self(set)
    }

    /// Whether the two sets have something in common.
    #[must_use]
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// What `idna` asks.
#[derive(Default)]
#[non_exhaustive]
pub struct Adapter;

impl Adapter {
    /// Costs nothing: the tables are unpacked with the first question.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }

    /// Whether a character kills the vowel of the letter before.
    #[must_use]
    pub fn is_virama(&self, it: char) -> bool {
        properties(it)[0] == 9
    }

    /// Whether a character is a mark, with which no label begins.
    #[must_use]
    pub fn is_mark(&self, it: char) -> bool {
        properties(it)[3] != 0
    }

    /// The class of a character's direction.
    #[must_use]
    pub fn bidi_class(&self, it: char) -> BidiClass {
        BidiClass(properties(it)[1].into())
    }

    /// How a character joins with those beside it.
    #[must_use]
    pub fn joining_type(&self, it: char) -> JoiningType {
        JoiningType(properties(it)[2].into())
    }

    /// A text as it is looked up: mapped, what is ignored left out, U+FFFD in the place of what is not
    /// allowed, in the normalization form C.
    pub fn map_normalize<'delegate, I: Iterator<Item = char> + 'delegate>(
        &'delegate self,
        text: I,
    ) -> impl Iterator<Item = char> + 'delegate {
        Normalized::new(text, None)
    }

    /// As [`Self::map_normalize`], with U+FFFD for what is ignored: what is not the text itself
    /// then was not valid.
    pub fn normalize_validate<'delegate, I: Iterator<Item = char> + 'delegate>(
        &'delegate self,
        text: I,
    ) -> impl Iterator<Item = char> + 'delegate {
        Normalized::new(text, Some(char::REPLACEMENT_CHARACTER))
    }
}

/// The combining class, the class of direction, the joining type, and whether it is a mark.
fn properties(it: char) -> [u8; 4] {
    Tables::get().properties(it).to_le_bytes()
}
