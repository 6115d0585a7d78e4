//! What the dispatches of a runner have in common.

use std::sync::Arc;

use super::compiled::Cache;
use crate::{history::History, host::Host, settings::App};

/// What the dispatches of a runner have in common.
pub(crate) struct Shared {
    pub(crate) app: Arc<App>,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) history: History,
    pub(crate) compiled: Cache,
}
