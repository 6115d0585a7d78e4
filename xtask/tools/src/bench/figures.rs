//! Figures and the bounds they are held to.

use std::fmt;

/// A figure taken several times, on its own scale.
#[derive(Clone, Copy)]
pub(super) struct Figure {
    pub(super) median: f64,
    pub(super) minimum: f64,
}

/// What a figure of ours has to keep.
#[derive(Clone, Copy)]
pub(super) enum Bound {
    /// The median is at most this, in the row's unit.
    AtMost(f64),
    /// The median is at least this.
    AtLeast(f64),
    /// The median is at most this many times the median of that peer.
    Ratio(f64, &'static str),
}

impl Figure {
    /// The median and the minimum of some samples; none of none.
    pub(super) fn of(mut samples: Vec<f64>) -> Option<Self> {
        samples.sort_by(f64::total_cmp);
        let median = *samples.get(samples.len() / 2)?;
        Some(Self { median, minimum: *samples.first()? })
    }

    /// A figure that was taken once.
    pub(super) fn once(value: f64) -> Self {
        Self { median: value, minimum: value }
    }

    /// The same in another unit.
    pub(super) fn scaled(self, factor: f64) -> Self {
        Self { median: self.median * factor, minimum: self.minimum * factor }
    }
}

/// The median, and the minimum in brackets where there were several samples.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&number(self.median))?;
        if (self.median - self.minimum).abs() > f64::EPSILON {
            write!(f, " [{}]", number(self.minimum))?;
        }
        Ok(())
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(bound) => write!(f, "≤ {}", number(*bound)),
            Self::AtLeast(bound) => write!(f, "≥ {}", number(*bound)),
            Self::Ratio(bound, peer) => write!(f, "≤ {}× {peer}", number(*bound)),
        }
    }
}

/// Three significant digits, thousands apart, without zeros at the end of a fraction.
pub(super) fn number(value: f64) -> String {
    let digits = match value.abs() {
        x if x >= 100.0 => 0,
        x if x >= 10.0 => 1,
        x if x >= 0.1 => 2,
        _ => 4,
    };
    let text = format!("{value:.digits$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match fraction.trim_end_matches('0') {
        "" => grouped,
        fraction => format!("{grouped}.{fraction}"),
    }
}
