//! `cargo xtask package-wasm`: the runtime as a WebAssembly module, for browsers and for tests in Node.

use std::path::{Path, PathBuf};

use super::{
    Request,
    plan::{Plan, Step},
    provider::PROFILE,
    target::Target,
    verify::Expected,
};

/// The module's file.
pub(super) const MODULE: &str = "background_runner.wasm";

/// The module in a package's folder.
pub(super) fn module(package: &Path) -> PathBuf {
    package.join("wasm").join(MODULE)
}

/// What leads from the sources to the module, and to where the package has it.
pub(super) fn plan(request: &Request, targets: &[&'static Target]) -> Plan {
    let places = &request.places;
    let folder = places.target.join("wasm");
    let mut steps = vec![Step::Empty(folder.clone())];
    for target in targets {
        let built = places.target.join(target.triple).join(PROFILE).join(MODULE);
        let path = folder.join(MODULE);
        steps.push(Step::Run(request.build(target, "cdylib")));
        steps.push(Step::Copy { from: built, to: path.clone() });
        steps.push(Step::Verify { path: path.clone(), expected: Expected::Module });
        steps.push(Step::Copy { from: path, to: module(&places.root.join("generated")) });
    }
    Plan { steps, places: request.named_places() }
}
