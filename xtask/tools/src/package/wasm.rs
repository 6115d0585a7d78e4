//! `cargo xtask package-wasm`: the runtime as a WebAssembly module, for browsers and for tests in Node.

use std::io::{Read as _, Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, GzBuilder, read::GzDecoder};
use miette::{IntoDiagnostic as _, Result, miette};

use super::{
    Request,
    plan::{Plan, Step},
    provider::PROFILE,
    target::Target,
    verify::Expected,
};

/// The module's file.
pub(super) const MODULE: &str = "background_runner.wasm";

/// The module as a package has it: JavaScript, which every bundler takes as it is.
pub(super) const PACKED: &str = "wasm/module.mjs";

/// The simulated device as a package has it, for the test library.
pub(super) const DEVICE: &str = "wasm/device.wasm";

/// What stands before and behind the module's bytes there.
const BEFORE: &str = "// The runtime as a WebAssembly module, packed by gzip. Made by `cargo xtask package-wasm`.\n\nexport default '";
const BEHIND: &str = "';\n";

/// The module as JavaScript, always the same bytes.
pub(super) fn pack(module: &[u8]) -> Result<Vec<u8>> {
    let gzip = GzBuilder::new().operating_system(255);
    let mut gzip = gzip.write(Vec::new(), Compression::best());
    gzip.write_all(module).into_diagnostic()?;
    let packed = STANDARD.encode(gzip.finish().into_diagnostic()?);
    Ok(format!("{BEFORE}{packed}{BEHIND}").into_bytes())
}

/// The module that is in such JavaScript.
pub(super) fn unpack(text: &[u8]) -> Result<Vec<u8>> {
    let packed = text.strip_prefix(BEFORE.as_bytes());
    let packed = packed.and_then(|text| text.strip_suffix(BEHIND.as_bytes()));
    let packed = packed.ok_or_else(|| miette!("it is no packed module"))?;
    let mut module = Vec::new();
    let packed = STANDARD.decode(packed).map_err(|error| miette!("it is no Base64: {error}"))?;
    GzDecoder::new(packed.as_slice()).read_to_end(&mut module).into_diagnostic()?;
    Ok(module)
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
        let (generated, packed) = (places.root.join("generated"), folder.join("module.mjs"));
        steps.push(Step::Pack { from: path.clone(), to: packed.clone() });
        steps.push(Step::Copy { from: path, to: generated.join("wasm").join(MODULE) });
        steps.push(Step::Copy { from: packed, to: generated.join(PACKED) });
        let built = places.target.join(target.triple).join(PROFILE).join("simulated.wasm");
        steps.push(Step::Run(request.build_device(target)));
        steps.push(Step::Copy { from: built.clone(), to: folder.join("device.wasm") });
        steps.push(Step::Copy { from: built, to: generated.join(DEVICE) });
    }
    Plan { steps, places: request.named_places() }
}
