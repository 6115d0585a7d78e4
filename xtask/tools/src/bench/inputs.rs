//! The runners that are measured: a small one, and one that bundles three libraries from npm.

use std::{
    fs,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, Result};
use xshell::{Shell, cmd};

use super::peers::install_packages;

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

/// Next to nothing: what its dispatch takes is what a world takes.
const EMPTY: &str = "addEventListener('echo', (resolve) => resolve('HELLO'));\n";

/// Keeps two libraries whole and uses a third: about 260 KB when minified.
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

/// The small runner.
pub(super) fn small(folder: &Path) -> Result<PathBuf> {
    let file = folder.join("small.js");
    fs::write(&file, SMALL).into_diagnostic()?;
    Ok(file)
}

/// The runner that does nothing.
pub(super) fn empty(folder: &Path) -> Result<PathBuf> {
    let file = folder.join("empty.js");
    fs::write(&file, EMPTY).into_diagnostic()?;
    Ok(file)
}

/// The bundle, made on first use.
pub(super) fn large(sh: &Shell, folder: &Path) -> Result<PathBuf> {
    let (entry, out) = (folder.join("large.entry.js"), folder.join("large.js"));
    if out.exists() {
        return Ok(out);
    }
    install_packages(sh, folder, &PACKAGES)?;
    fs::write(&entry, LARGE).into_diagnostic()?;
    let esbuild = folder.join("node_modules/.bin/esbuild");
    let unfinished = folder.join("large.unfinished.js");
    cmd!(sh, "{esbuild} {entry} --bundle --format=iife --minify --target=es2020 --log-level=error --outfile={unfinished}")
        .quiet()
        .run()
        .into_diagnostic()?;
    fs::rename(unfinished, &out).into_diagnostic()?;
    Ok(out)
}
