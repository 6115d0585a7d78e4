//! What parameters are called: a pattern has no name of its own.

use typescript::syntax::{Docs, Param, Signature};

/// A name for each parameter of a signature: for a pattern that of the `@param` tag that names no
/// other one, else `options` or `items`, numbered from the second on.
pub(super) fn names(signature: &Signature, docs: &Docs) -> Vec<String> {
    let params = &signature.params;
    let mut taken: Vec<String> = params.iter().filter_map(plain).map(str::to_owned).collect();
    let mut tags = docs.tags.iter().filter_map(|tag| tag.param.as_ref());
    let mut names = Vec::with_capacity(params.len());
    for param in params {
        if let Some(name) = plain(param) {
            names.push(name.to_owned());
            continue;
        }
        let told = tags.by_ref().map(|(name, _)| name).find(|name| !taken.contains(name));
        let name = told.cloned().unwrap_or_else(|| unused(param, &taken));
        taken.push(name.clone());
        names.push(name);
    }
    names
}

/// A parameter's name, if it is no pattern.
fn plain(param: &Param) -> Option<&str> {
    param.simple.then_some(param.name.text.as_str())
}

fn unused(param: &Param, taken: &[String]) -> String {
    let word = if param.name.text.trim_start().starts_with('[') { "items" } else { "options" };
    let numbered = (2..).map(|number| format!("{word}{number}"));
    let mut all = std::iter::once(word.to_owned()).chain(numbered);
    all.find(|name| !taken.contains(name)).unwrap_or_default()
}
