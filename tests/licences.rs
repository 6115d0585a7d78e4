//! Every dependency carries a permissive licence.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};
use spdx::Expression;

/// The licences that may be linked into an app.
const PERMISSIVE: [&str; 11] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Zlib",
];

/// Tools of the build, of which nothing may be linked into what users get.
const TOOLS: [(&str, &str); 1] = [("cbindgen", "MPL-2.0")];

/// What users get: the packages whose dependencies are all linked.
const SHIPPED: [&str; 2] = ["background-runner-runtime", "background-runner-cli"];

#[test]
fn dependencies_carry_permissive_licences() {
    let metadata = MetadataCommand::new()
        .manifest_path(background_runner_tests::root().join("Cargo.toml"))
        .exec()
        .expect("cargo metadata runs in the workspace");
    let shipped = shipped(&metadata);
    let mut complaints = Vec::new();
    for package in &metadata.packages {
        let licence = package.license.as_deref().unwrap_or("none");
        let tool = TOOLS.contains(&(package.name.as_str(), licence));
        if tool && shipped.contains(&package.id) {
            complaints.push(format!("`{}` is a tool of the build, but is shipped", package.name));
        } else if !tool && !is_permissive(licence) {
            complaints.push(format!("`{}` has licence `{licence}`", package.name));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Whether the expression can be satisfied with permissive licences alone.
fn is_permissive(licence: &str) -> bool {
    // Older manifests separate alternatives with a slash.
    Expression::parse(&licence.replace('/', " OR ")).is_ok_and(|expression| {
        expression.evaluate(|requirement| {
            requirement.license.id().is_some_and(|id| PERMISSIVE.contains(&id.name))
        })
    })
}

/// The packages that what users get is linked from.
fn shipped(metadata: &Metadata) -> BTreeSet<PackageId> {
    let resolve = metadata.resolve.as_ref().expect("metadata holds the resolved graph");
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let mut open: Vec<&PackageId> = metadata
        .packages
        .iter()
        .filter(|package| SHIPPED.contains(&package.name.as_str()))
        .map(|package| &package.id)
        .collect();
    assert_eq!(open.len(), SHIPPED.len(), "what is shipped has other names now");
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if seen.insert(id.clone()) {
            open.extend(nodes[id].deps.iter().filter_map(|dependency| {
                let linked =
                    |kind: &cargo_metadata::DepKindInfo| kind.kind == DependencyKind::Normal;
                dependency.dep_kinds.iter().any(linked).then_some(&dependency.pkg)
            }));
        }
    }
    seen
}
