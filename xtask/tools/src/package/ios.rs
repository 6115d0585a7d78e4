//! `cargo xtask package-ios`: an XCFramework of static libraries.

use std::path::{Path, PathBuf};

use miette::Result;

use super::{
    Request, exports,
    plan::{Plan, Step},
    provider::{LIBRARY, PROFILE},
    target::{Platform, Target, select},
    verify::Expected,
    xcframework::{PLIST, Slice, module_map, plist, slices},
};

/// What Apple's phones and their simulators are called.
pub(super) const PLATFORMS: [Platform; 2] = [Platform::Ios, Platform::Simulator];

/// What leads from the sources to the XCFramework, and to where the Swift package looks for it.
pub(super) fn plan(request: &Request, targets: &[&'static Target]) -> Result<Plan> {
    let folder = request.places.target.join("ios");
    let module = request.module.clone();
    let framework = folder.join(format!("{module}.xcframework"));
    let library = format!("lib{module}.a");
    let exports = exports::interface(&request.places.root)?;
    let mut steps = vec![Step::Empty(folder.clone())];
    for target in targets {
        steps.push(Step::Run(request.build(target, "staticlib")));
        steps.push(Step::Hide {
            from: built(request, target),
            to: hidden(&folder, target, &library),
            exports: exports.clone(),
        });
    }
    let slices = slices(targets);
    for slice in &slices {
        steps.extend(slice_steps(request, slice, &folder, &framework, &library));
    }
    steps.push(Step::Write { to: framework.join(PLIST), text: plist(&slices, &library) });
    steps.push(Step::Verify {
        path: framework.clone(),
        expected: Expected::XcFramework(targets.to_vec()),
    });
    let zip = folder.join(format!("{module}.xcframework.zip"));
    steps.push(Step::Zip { from: framework.clone(), to: zip });
    // A part of it would only hide that the rest is missing.
    if targets.len() == select(&PLATFORMS, &[])?.len() {
        let to = super::npm::framework(&request.places.root.join("generated"), &module);
        steps.push(Step::Place { from: framework, to });
    }
    Ok(Plan { steps, places: request.named_places() })
}

/// What cargo leaves.
pub(super) fn built(request: &Request, target: &Target) -> PathBuf {
    request.places.target.join(target.triple).join(PROFILE).join(format!("{LIBRARY}.a"))
}

/// The library of one processor, before it is joined with others.
fn hidden(folder: &Path, target: &Target, library: &str) -> PathBuf {
    folder.join("libraries").join(target.triple).join(library)
}

/// The library, the header and the module map of one slice.
fn slice_steps(
    request: &Request,
    slice: &Slice,
    folder: &Path,
    framework: &Path,
    library: &str,
) -> Vec<Step> {
    let at = framework.join(&slice.name);
    let headers = at.join("Headers").join(&request.module);
    let mut from: Vec<_> =
        slice.targets.iter().map(|target| hidden(folder, target, library)).collect();
    let library = if from.len() == 1 {
        Step::Copy { from: from.remove(0), to: at.join(library) }
    } else {
        Step::Join { from, to: at.join(library) }
    };
    vec![
        library,
        Step::Copy {
            from: request.places.root.join(exports::HEADER),
            to: headers.join("runner.h"),
        },
        Step::Write {
            to: headers.join("module.modulemap"),
            text: module_map(&request.module, "runner.h"),
        },
    ]
}
