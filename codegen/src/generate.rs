//! The pipeline: from a schema to its package, in a few lines.

use docgen::Untranslated;

use crate::{
    check,
    emit::{self, Files, docs::Documentation},
    error::{Complaints, SchemaError},
    lower,
    model::Model,
    schema::{FILES, Schema},
};

/// The whole package that a schema says.
///
/// # Errors
///
/// Every complaint about every file of the schema at once.
pub fn generate(schema: &Schema) -> Result<Files, SchemaError> {
    Ok(package(schema)?.0)
}

/// The whole package that a schema says, and what of its documentation is not translated, or not
/// any more, in each of the schema's languages.
///
/// # Errors
///
/// Every complaint about every file of the schema at once.
pub fn package(schema: &Schema) -> Result<(Files, Vec<Untranslated>), SchemaError> {
    let model = understand(schema)?;
    let documentation = Documentation::new(&model);
    Ok((emit::emit(&model, &documentation), documentation.untranslated(schema)))
}

/// The files of the schema's languages, by name, with an empty translation for everything that has
/// none.
///
/// # Errors
///
/// Every complaint about every file of the schema at once.
pub fn completed_locales(schema: &Schema) -> Result<Vec<(String, String)>, SchemaError> {
    Ok(Documentation::new(&understand(schema)?).completed())
}

/// What a schema says, as the backends see it.
///
/// # Errors
///
/// Every complaint about every file of the schema at once.
///
/// # Panics
///
/// Never: a schema without a Model has complaints.
pub fn understand(schema: &Schema) -> Result<Model, SchemaError> {
    let mut complaints = Complaints::default();
    let model = lower::lower(schema, &mut complaints);
    if let Some(model) = &model {
        check::check(model, &mut complaints);
    }
    complaints.into_result(&FILES, |name| schema.text(name).to_owned())?;
    #[expect(clippy::expect_used, reason = "what has no model has complaints")]
    let model = model.expect("what has no model has complaints");
    Ok(model)
}
