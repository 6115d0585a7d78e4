//! The test library of the package: JavaScript around the runtime as a WebAssembly module, and its types.

use askama::Template;

use super::Files;
use crate::model::Model;

/// Writes this backend's files.
pub(crate) fn emit(_: &Model, files: &mut Files) {
    files.add("testing/index.mjs", &Index);
    files.add("testing/index.d.ts", &Types);
    files.add("testing/clock.mjs", &Clock);
    files.add("testing/device.mjs", &Device);
    files.add("testing/errors.mjs", &Errors);
    files.add("testing/files.mjs", &RunnerFiles);
    files.add("testing/network.mjs", &Network);
    files.add("testing/stage.mjs", &Stage);
}

#[derive(Template)]
#[template(path = "testing/index.mjs.jinja")]
struct Index;

#[derive(Template)]
#[template(path = "testing/index.d.ts.jinja")]
struct Types;

#[derive(Template)]
#[template(path = "testing/clock.mjs.jinja")]
struct Clock;

#[derive(Template)]
#[template(path = "testing/device.mjs.jinja")]
struct Device;

#[derive(Template)]
#[template(path = "testing/errors.mjs.jinja")]
struct Errors;

#[derive(Template)]
#[template(path = "testing/files.mjs.jinja")]
struct RunnerFiles;

#[derive(Template)]
#[template(path = "testing/network.mjs.jinja")]
struct Network;

#[derive(Template)]
#[template(path = "testing/stage.mjs.jinja")]
struct Stage;
