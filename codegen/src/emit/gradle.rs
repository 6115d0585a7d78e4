//! What Android builds the plugin with.

use super::Files;
use crate::model::Model;

/// Writes this backend's files.
pub(crate) fn emit(_model: &Model, _files: &mut Files) {}
