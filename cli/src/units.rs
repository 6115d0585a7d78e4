//! Durations and sizes as people type them: `30s`, `1.5min`, `64MiB`.

use std::time::Duration;

const DURATIONS: [(&str, f64); 5] =
    [("ms", 0.001), ("s", 1.0), ("min", 60.0), ("m", 60.0), ("h", 3600.0)];

const SIZES: [(&str, f64); 8] = [
    ("B", 1.0),
    ("KiB", 1024.0),
    ("MiB", 1024.0 * 1024.0),
    ("GiB", 1024.0 * 1024.0 * 1024.0),
    ("kB", 1e3),
    ("KB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
];

/// Reads `30s`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let seconds = amount(text, &DURATIONS).ok_or(
        "a duration is a number and one of `ms`, `s`, `min`, `h`: `500ms`, `30s`, `1.5min`",
    )?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("a duration is longer than nothing and not for ever: `30s`".to_owned()),
    }
}

/// Reads `64MiB`, in bytes.
pub(crate) fn size(text: &str) -> Result<usize, String> {
    let bytes = amount(text, &SIZES).ok_or(
        "a size is a number and one of `B`, `KiB`, `MiB`, `GiB`, `kB`, `MB`, `GB`: `64MiB`",
    )?;
    if !(1.0..=1e15).contains(&bytes) {
        return Err("a size is at least one byte and fits into memory: `64MiB`".to_owned());
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 1e15")]
    Ok(bytes as usize)
}

fn amount(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let text = text.trim();
    let (number, unit) = text.split_at_checked(text.find(char::is_alphabetic)?)?;
    let factor = units.iter().find(|(name, _)| *name == unit)?.1;
    let number: f64 = number.trim_end().parse().ok()?;
    (number >= 0.0).then_some(number * factor)
}
