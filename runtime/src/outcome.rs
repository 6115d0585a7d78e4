//! What a dispatch came to.

use std::time::Duration;

use crate::{clock::millis, error::RunError};

/// The one outcome of a dispatch.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The JSON text given to `resolve` (none for no value), or why it failed.
    pub result: Result<Option<String>, RunError>,
    /// From the begin of the work to the outcome; waiting in the queue does not count.
    pub duration: Duration,
    /// The most memory the script's heap held at one time.
    pub heap_peak_bytes: u64,
    /// Which dispatch this is, as in its log records.
    pub dispatch_id: u64,
}

impl Outcome {
    /// The outcome as it crosses to other languages: one JSON object.
    #[must_use]
    pub fn to_json(&self) -> String {
        let (outcome, detail) = match &self.result {
            Ok(None) => ("resolved", String::new()),
            Ok(Some(value)) => ("resolved", format!(r#""value":{value},"#)),
            Err(error) => ("failed", format!(r#""error":{},"#, error.to_json())),
        };
        format!(
            r#"{{"outcome":"{outcome}",{detail}"durationMs":{},"heapPeakBytes":{},"dispatchId":{}}}"#,
            round(millis(self.duration)),
            self.heap_peak_bytes,
            self.dispatch_id,
        )
    }
}

/// A tenth of a microsecond is as fine as a reader can use.
fn round(milliseconds: f64) -> f64 {
    (milliseconds * 10_000.0).round() / 10_000.0
}
