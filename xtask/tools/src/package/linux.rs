//! `cargo xtask package-linux`: the library for Linux on phones' processors, of 64 and of 32 bits.
//!
//! Nobody ships it. It is the one build for a phone's processor that a machine without a phone can
//! execute: the tests of the C interface run on it in an emulator.

use super::{
    Request,
    android::{link, strip},
    plan::{Plan, Step},
    provider::LIBRARY,
    target::Target,
    verify::Expected,
};

/// What leads from the sources to the library.
pub(super) fn plan(request: &Request, targets: &[&'static Target]) -> Plan {
    let folder = request.places.target.join("linux");
    let mut steps = vec![Step::Empty(folder.clone())];
    for target in targets {
        let library = folder.join(target.arch).join(format!("{LIBRARY}.so"));
        steps.extend(link(request, target, &library));
        steps.push(Step::Run(strip(request, &library)));
        steps.push(Step::Verify { path: library, expected: Expected::Library(target) });
    }
    Plan { steps, places: request.named_places() }
}
