//! The small tables say what ICU's say, of every character and of texts of them.

use std::iter;

use icu_normalizer::{properties::CanonicalCombiningClassMapBorrowed, uts46::Uts46MapperBorrowed};
use icu_properties::{
    CodePointMapData,
    props::{BidiClass, GeneralCategory, GeneralCategoryGroup, JoiningType},
};
use idna_adapter::{
    Adapter, FIRST_BC_MASK, LAST_LTR_MASK, LAST_RTL_MASK, MIDDLE_LTR_MASK, RTL_MASK,
};
use idna_adapter::{LEFT_OR_DUAL_JOINING_MASK, MIDDLE_RTL_MASK, RIGHT_OR_DUAL_JOINING_MASK};

/// Both ways of both, for a text.
fn compare(text: &[char]) {
    let (ours, icu) = (Adapter::new(), Uts46MapperBorrowed::new());
    let all = || text.iter().copied();
    let (mapped, wanted): (Vec<char>, Vec<char>) =
        (ours.map_normalize(all()).collect(), icu.map_normalize(all()).collect());
    assert_eq!(mapped, wanted, "{text:x?} is mapped");
    let (valid, wanted): (Vec<char>, Vec<char>) =
        (ours.normalize_validate(all()).collect(), icu.normalize_validate(all()).collect());
    assert_eq!(valid, wanted, "{text:x?} is looked at");
}

#[test]
fn every_character_is_mapped_as_icu_maps_it() {
    // The planes without characters are one run.
    for it in ('\0'..='\u{323af}').chain('\u{dfff0}'..='\u{e01ff}').chain(['\u{f0000}', char::MAX])
    {
        compare(&[it]);
        if it < '\u{2000}' {
            compare(&['a', it, '\u{301}']);
        }
    }
}

/// Characters that change beside others: what becomes something else, has a combining class, or is Hangul.
fn lively() -> Vec<char> {
    let (icu, combining) = (Uts46MapperBorrowed::new(), CanonicalCombiningClassMapBorrowed::new());
    let changes = |it: &char| {
        let mut mapped = icu.map_normalize(iter::once(*it));
        let same = mapped.next() == Some(*it) && mapped.next().is_none();
        !same || combining.get_u8(*it) != 0
    };
    let mut all: Vec<char> = ('\0'..='\u{ffff}').filter(changes).collect();
    all.retain(|it| icu.map_normalize(iter::once(*it)).next() != Some(char::REPLACEMENT_CHARACTER));
    all.extend('\u{1100}'..='\u{11ff}');
    all.extend(('\u{ac00}'..='\u{b000}').step_by(7));
    all.extend('\u{900}'..='\u{1100}');
    all
}

#[test]
fn texts_are_normalized_as_icu_normalizes_them() {
    let lively = lively();
    let marks: Vec<char> = ('\u{300}'..='\u{36f}').chain('\u{591}'..='\u{5c7}').collect();
    let mut state = 1_u64;
    let mut pick = |from: &[char]| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        from[usize::try_from(state >> 33).expect("it fits") % from.len()]
    };
    for round in 0..200_000 {
        let text: Vec<char> = (0..2 + round % 7)
            .map(|at| if at % 2 == round % 3 { pick(&marks) } else { pick(&lively) })
            .collect();
        compare(&text);
    }
}

#[test]
fn every_character_has_the_properties_that_icu_knows() {
    let ours = Adapter::new();
    let icu = Uts46MapperBorrowed::new();
    let general = CodePointMapData::<GeneralCategory>::new();
    let bidi = CodePointMapData::<BidiClass>::new();
    let joining = CodePointMapData::<JoiningType>::new();
    let neutral = [
        BidiClass::EuropeanSeparator,
        BidiClass::CommonSeparator,
        BidiClass::EuropeanTerminator,
        BidiClass::OtherNeutral,
        BidiClass::BoundaryNeutral,
    ];
    for it in '\0'..=char::MAX {
        let is = |classes: &[BidiClass]| classes.contains(&bidi.get(it));
        let (class, joins) = (ours.bidi_class(it), ours.joining_type(it));
        let within = |mask| class.to_mask().intersects(mask);
        let rows = [
            (ours.is_virama(it), icu.is_virama(it)),
            (ours.is_mark(it), GeneralCategoryGroup::Mark.contains(general.get(it))),
            (class.is_ltr(), is(&[BidiClass::LeftToRight])),
            (class.is_nonspacing_mark(), is(&[BidiClass::NonspacingMark])),
            (class.is_european_number(), is(&[BidiClass::EuropeanNumber])),
            (class.is_arabic_number(), is(&[BidiClass::ArabicNumber])),
            (
                within(RTL_MASK),
                is(&[BidiClass::RightToLeft, BidiClass::ArabicLetter, BidiClass::ArabicNumber]),
            ),
            (
                within(FIRST_BC_MASK),
                is(&[BidiClass::LeftToRight, BidiClass::RightToLeft, BidiClass::ArabicLetter]),
            ),
            (within(LAST_LTR_MASK), is(&[BidiClass::LeftToRight, BidiClass::EuropeanNumber])),
            (
                within(LAST_RTL_MASK),
                is(&[
                    BidiClass::RightToLeft,
                    BidiClass::ArabicLetter,
                    BidiClass::EuropeanNumber,
                    BidiClass::ArabicNumber,
                ]),
            ),
            (
                within(MIDDLE_LTR_MASK),
                is(&neutral)
                    || is(&[
                        BidiClass::LeftToRight,
                        BidiClass::EuropeanNumber,
                        BidiClass::NonspacingMark,
                    ]),
            ),
            (
                within(MIDDLE_RTL_MASK),
                is(&neutral)
                    || is(&[
                        BidiClass::RightToLeft,
                        BidiClass::ArabicLetter,
                        BidiClass::ArabicNumber,
                    ])
                    || is(&[BidiClass::EuropeanNumber, BidiClass::NonspacingMark]),
            ),
            (joins.is_transparent(), joining.get(it) == JoiningType::Transparent),
            (
                joins.to_mask().intersects(LEFT_OR_DUAL_JOINING_MASK),
                [JoiningType::LeftJoining, JoiningType::DualJoining].contains(&joining.get(it)),
            ),
            (
                joins.to_mask().intersects(RIGHT_OR_DUAL_JOINING_MASK),
                [JoiningType::RightJoining, JoiningType::DualJoining].contains(&joining.get(it)),
            ),
        ];
        for (row, (ours, icu)) in rows.into_iter().enumerate() {
            assert_eq!(ours, icu, "row {row} of {it:?}");
        }
    }
}
