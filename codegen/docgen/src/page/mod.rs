//! What pages of both modes are made of.

pub(crate) mod anchors;
pub(crate) mod table;

/// What stands in front of each section, for who would edit it.
pub(crate) const UPDATE: &str =
    "<!--Update the source file JSDoc comments and rerun docgen to update the docs below-->";
