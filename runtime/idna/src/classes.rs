//! What is told apart of Unicode, by the build that writes the tables and by what reads them.

/// What happens to a run of characters.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// They stay.
    Valid,
    /// They are left out.
    Ignored,
    /// U+FFFD stands for each.
    Disallowed,
    /// Each second one stays, the one before becomes it.
    Pairs,
    /// They become others in a row.
    Shifted,
    /// One of them becomes a text.
    Text,
}

/// The classes of direction that the rules for labels tell apart (RFC 5893).
#[derive(Clone, Copy)]
pub(crate) enum Bidi {
    LeftToRight,
    RightToLeft,
    ArabicLetter,
    ArabicNumber,
    EuropeanNumber,
    NonspacingMark,
    /// Separators, terminators and neutral ones: in the middle of any label.
    Neutral,
    /// In no label.
    Other,
}

/// How letters join (RFC 5892, appendix A.1).
#[derive(Clone, Copy)]
pub(crate) enum Joining {
    Other,
    Left,
    Right,
    Dual,
    Transparent,
}
