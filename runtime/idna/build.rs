//! Writes down what ICU knows of each character, as short lists of numbers, packed (RFC 1951).
//!
//! ICU's own tables answer at once and take 106 KB of a library; these take 18 KB, and are unpacked when
//! the first name comes that is not ASCII.

#[path = "src/classes.rs"]
mod classes;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs, io, iter};

use classes::{Bidi, Joining, Kind};
use icu_normalizer::properties::{
    CanonicalCombiningClassMapBorrowed, CanonicalCompositionBorrowed,
    CanonicalDecompositionBorrowed, Decomposed,
};
use icu_normalizer::uts46::Uts46MapperBorrowed;
use icu_properties::{
    CodePointMapData,
    props::{BidiClass, GeneralCategory, GeneralCategoryGroup, JoiningType},
};
use miniz_oxide::deflate::compress_to_vec;

/// How hard to look for shorter forms: as hard as it goes.
const LEVEL: u8 = 10;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/classes.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let lists = [mappings(), decompositions(), properties()].concat();
    let mut bytes = Vec::new();
    for list in lists {
        number(&mut bytes, u32::try_from(list.len()).expect("no list is that long"));
        for it in list {
            number(&mut bytes, it);
        }
    }
    fs::write(out.join("tables"), compress_to_vec(&bytes, LEVEL))
}

/// A number in groups of seven bits, the lowest first.
fn number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

/// A difference as a number: small ones are short, whatever their sign.
fn difference(from: u32, to: u32) -> u32 {
    let by = to.cast_signed() - from.cast_signed();
    ((by << 1) ^ (by >> 31)).cast_unsigned()
}

/// Every character, in order.
fn characters() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

/// What UTS 46 makes of a character.
#[derive(PartialEq, Clone)]
enum Mapped {
    Valid,
    Ignored,
    Disallowed,
    To(Vec<char>),
}

/// Runs of characters to which the same happens: their lengths, what happens, and the numbers that
/// belong to it.
fn mappings() -> Vec<Vec<u32>> {
    let mapper = Uts46MapperBorrowed::new();
    let all: Vec<(u32, Mapped)> = characters()
        .map(|it| {
            let to: Vec<char> = mapper.map_normalize(iter::once(it)).collect();
            let mapped = match *to {
                [same] if same == it => Mapped::Valid,
                [] => Mapped::Ignored,
                [char::REPLACEMENT_CHARACTER] => Mapped::Disallowed,
                _ => Mapped::To(to),
            };
            (u32::from(it), mapped)
        })
        .collect();
    let (mut lengths, mut kinds, mut offsets, mut texts) = (vec![], vec![], vec![], vec![]);
    let mut rest = &all[..];
    let mut last = 0;
    while let [(_, mapped), ..] = rest {
        let same = rest.iter().take_while(|(_, other)| other == mapped).count();
        let (kind, length) = match mapped {
            Mapped::Valid => (Kind::Valid, same),
            Mapped::Ignored => (Kind::Ignored, same),
            Mapped::Disallowed => (Kind::Disallowed, same),
            Mapped::To(to) => match (pairs(rest), shifted(rest)) {
                (0, None) => {
                    texts.push(u32::try_from(to.len()).expect("none is that long"));
                    for it in to {
                        texts.push(difference(last, (*it).into()));
                        last = (*it).into();
                    }
                    (Kind::Text, 1)
                }
                (0, Some((offset, length))) => {
                    offsets.push(offset);
                    (Kind::Shifted, length)
                }
                (pairs, _) => (Kind::Pairs, pairs * 2),
            },
        };
        lengths.push(u32::try_from(length).expect("there are not so many characters"));
        kinds.push(kind as u32);
        rest = &rest[length..];
    }
    vec![lengths, kinds, offsets, texts]
}

/// How far a character is from the one that it becomes, if it becomes one.
fn offset((from, mapped): &(u32, Mapped)) -> Option<u32> {
    match mapped {
        Mapped::To(to) if to.len() == 1 => Some(difference(*from, to[0].into())),
        _ => None,
    }
}

/// How often a capital letter comes first, and behind it the small one that it becomes.
fn pairs(rest: &[(u32, Mapped)]) -> usize {
    let next = Some(difference(0, 1));
    let is_pair = |two: &[(u32, Mapped)]| offset(&two[0]) == next && two[1].1 == Mapped::Valid;
    rest.chunks_exact(2).take_while(|two| is_pair(two)).count()
}

/// How far characters are from those that they become, and how many in a row.
fn shifted(rest: &[(u32, Mapped)]) -> Option<(u32, usize)> {
    let by = offset(rest.first()?)?;
    Some((by, rest.iter().take_while(|it| offset(it) == Some(by)).count()))
}

/// Which characters are made of which two, and whether these become one again. Hangul is computed.
fn decompositions() -> Vec<Vec<u32>> {
    let decomposition = CanonicalDecompositionBorrowed::new();
    let composition = CanonicalCompositionBorrowed::new();
    let (mut wholes, mut firsts, mut seconds) = (vec![], vec![], vec![]);
    let mut last = (0, 0, 0);
    for whole in characters().filter(|it| !('\u{ac00}'..='\u{d7a3}').contains(it)) {
        let (first, second) = match decomposition.decompose(whole) {
            Decomposed::Default => continue,
            Decomposed::Singleton(first) => (first, '\0'),
            Decomposed::Expansion(first, second) => (first, second),
        };
        let again = second != '\0' && composition.compose(first, second) == Some(whole);
        let now = (u32::from(whole), u32::from(first), u32::from(second));
        wholes.push(((now.0 - last.0) << 1) | u32::from(again));
        firsts.push(difference(last.1, now.1));
        seconds.push(difference(last.2, now.2));
        last = now;
    }
    vec![wholes, firsts, seconds]
}

/// Runs of characters with the same properties: their lengths, which ones, and what these are.
fn properties() -> Vec<Vec<u32>> {
    let general = CodePointMapData::<GeneralCategory>::new();
    let bidi = CodePointMapData::<BidiClass>::new();
    let joining = CodePointMapData::<JoiningType>::new();
    let combining = CanonicalCombiningClassMapBorrowed::new();
    let of = |it: char| {
        let mark = GeneralCategoryGroup::Mark.contains(general.get(it));
        let parts = [
            u32::from(combining.get_u8(it)),
            bidi_of(bidi.get(it)) as u32,
            joining_of(joining.get(it)) as u32,
            u32::from(mark),
        ];
        // As `Tables::properties` tells them.
        parts.iter().rev().fold(0, |all, part| (all << 8) | part)
    };
    let (mut lengths, mut which, mut known) = (vec![], vec![], BTreeMap::new());
    let mut last = None;
    for it in characters() {
        let now = of(it);
        if last == Some(now) {
            *lengths.last_mut().expect("there is a run") += 1;
            continue;
        }
        let next = u32::try_from(known.len()).expect("there are few");
        which.push(*known.entry(now).or_insert(next));
        lengths.push(1);
        last = Some(now);
    }
    let mut values: Vec<(u32, u32)> = known.into_iter().map(|(value, at)| (at, value)).collect();
    values.sort_unstable();
    vec![lengths, which, values.into_iter().map(|(_, value)| value).collect()]
}

fn bidi_of(class: BidiClass) -> Bidi {
    match class {
        BidiClass::LeftToRight => Bidi::LeftToRight,
        BidiClass::RightToLeft => Bidi::RightToLeft,
        BidiClass::ArabicLetter => Bidi::ArabicLetter,
        BidiClass::ArabicNumber => Bidi::ArabicNumber,
        BidiClass::EuropeanNumber => Bidi::EuropeanNumber,
        BidiClass::NonspacingMark => Bidi::NonspacingMark,
        BidiClass::EuropeanSeparator
        | BidiClass::CommonSeparator
        | BidiClass::EuropeanTerminator
        | BidiClass::OtherNeutral
        | BidiClass::BoundaryNeutral => Bidi::Neutral,
        _ => Bidi::Other,
    }
}

fn joining_of(joining: JoiningType) -> Joining {
    match joining {
        JoiningType::LeftJoining => Joining::Left,
        JoiningType::RightJoining => Joining::Right,
        JoiningType::DualJoining => Joining::Dual,
        JoiningType::Transparent => Joining::Transparent,
        _ => Joining::Other,
    }
}
