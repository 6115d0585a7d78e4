//! The runners that are measured: a small one, and one that bundles three libraries from npm.

use std::{
    fs,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, Result};
use xshell::{Shell, cmd};

use crate::setup;

/// The event that both runners handle.
pub(super) const EVENT: &str = "echo";

/// What is sent with it.
pub(super) const DETAILS: &str =
    r#"{"user":{"firstName":"john","lastName":"doe"},"items":[1,2,3,4,5]}"#;

const SMALL: &str = "\
addEventListener('echo', (resolve, reject, args) => {
  try {
    const copy = JSON.parse(JSON.stringify(args));
    copy.user.firstName = copy.user.firstName + ' HELLO';
    copy.count = copy.items.length;
    resolve(copy);
  } catch (err) {
    console.error(err);
    reject(err);
  }
});
";

/// Keeps two libraries whole and uses a third: about 290 KB when minified.
const LARGE: &str = "\
import * as _ from 'lodash-es';
import * as d from 'date-fns';
import * as z from 'zod';
globalThis.__keep = [_, d];
const Args = z.object({
  user: z.object({ firstName: z.string(), lastName: z.string() }),
  items: z.array(z.number()),
});
addEventListener('echo', (resolve, reject, args) => {
  try {
    const copy = Args.parse(args);
    copy.user.firstName = _.upperFirst(copy.user.firstName) + ' HELLO';
    copy.count = _.sum(copy.items);
    copy.when = d.format(new Date(0), 'yyyy');
    resolve(copy);
  } catch (err) {
    console.error(err);
    reject(err);
  }
});
";

const PACKAGES: [&str; 4] = ["esbuild@0.28.2", "lodash-es@4.18.1", "date-fns@4.4.0", "zod@4.6.7"];

/// Where the two runners are.
pub(super) struct Inputs {
    pub(super) small: PathBuf,
    /// Absent where its packages cannot be installed.
    pub(super) large: Option<PathBuf>,
}

/// Writes the runners into the cache folder; bundles the large one on first use.
pub(super) fn prepare(sh: &Shell) -> Result<Inputs> {
    let folder = setup::cache()?.join("bench");
    fs::create_dir_all(&folder).into_diagnostic()?;
    let small = folder.join("small.js");
    fs::write(&small, SMALL).into_diagnostic()?;
    let large = folder.join("large.js");
    if !large.exists()
        && let Err(error) = bundle(sh, &folder, &large)
    {
        eprintln!("the large runner is left out: {error}");
    }
    Ok(Inputs { small, large: large.exists().then_some(large) })
}

fn bundle(sh: &Shell, folder: &Path, out: &Path) -> Result<()> {
    fs::write(folder.join("large.entry.js"), LARGE).into_diagnostic()?;
    let _dir = sh.push_dir(folder);
    cmd!(sh, "npm install --no-audit --no-fund --no-save --prefix . {PACKAGES...}")
        .quiet()
        .ignore_stdout()
        .run()
        .into_diagnostic()?;
    let out = format!("--outfile={}", out.display());
    cmd!(sh, "node_modules/.bin/esbuild large.entry.js --bundle --format=iife --minify --target=es2020 --log-level=error {out}")
        .quiet()
        .run()
        .into_diagnostic()
}
