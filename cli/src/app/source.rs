//! Where the source of a runner is, of which the configuration names what a build puts into the app.

use std::{
    fs,
    path::{Path, PathBuf},
};

use miette::{Result, miette};

use super::{App, Runner};
use crate::disk::slashed;

/// The folders below which a build finds what `src` names, in the order of how sure it is.
const ROOTS: [&str; 6] = [".", "public", "static", "src", "src/app", "src/assets"];

/// The folders in which the file is that a script copies.
const COPIED: [&str; 4] = ["runners", "src/runners", "src", "src/workers"];

/// TypeScript before the JavaScript that may have been made of it.
const EXTENSIONS: [&str; 4] = ["ts", "mts", "js", "mjs"];

/// How far below the project a file is looked for.
const DEPTH: usize = 6;

pub(super) fn of(app: &App, runner: &Runner) -> Result<PathBuf> {
    if let Some(found) = candidates(app, runner).into_iter().find(|path| path.is_file()) {
        return Ok(found);
    }
    let mut found = Vec::new();
    let name = Path::new(&runner.src).file_stem().unwrap_or_default();
    collect(app.project(), DEPTH, &|path| path.file_stem() == Some(name), &mut found);
    found.sort();
    match found.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(missing(app, runner)),
        several => {
            let shown: Vec<_> = several.iter().map(|path| below(app, path)).collect();
            Err(miette!(
                help = "give the one that is meant: `background-runner run FILE`",
                "the source of `{}` may be `{}`",
                runner.src,
                shown.join("`, `")
            ))
        }
    }
}

fn candidates(app: &App, runner: &Runner) -> Vec<PathBuf> {
    let src = Path::new(runner.src.trim_start_matches("./").trim_start_matches('/'));
    let name = Path::new(src.file_name().unwrap_or_default());
    let bases = [app.project(), &app.folder];
    let exact = ROOTS.iter().map(|root| (*root, src));
    let copied = COPIED.iter().map(|root| (*root, name));
    let sources = exact.chain(copied).flat_map(|(root, path)| {
        bases.into_iter().flat_map(move |base| variants(&base.join(root).join(path)))
    });
    let built = app.web_dir.iter().map(|web_dir| app.folder.join(web_dir).join(src));
    sources.filter(|path| !is_built(app, path)).chain(built).collect()
}

/// Whether a file is what a build has made.
fn is_built(app: &App, path: &Path) -> bool {
    let web_dir = app.web_dir.as_deref().filter(|web_dir| !matches!(*web_dir, "." | "./" | ""));
    web_dir.is_some_and(|web_dir| path.starts_with(app.folder.join(web_dir)))
}

fn variants(path: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let path = path.components().collect::<PathBuf>();
    EXTENSIONS.into_iter().map(move |extension| path.with_extension(extension))
}

fn collect(folder: &Path, depth: usize, wanted: &dyn Fn(&Path) -> bool, found: &mut Vec<PathBuf>) {
    const SKIPPED: [&str; 7] = ["node_modules", "ios", "android", "dist", "build", "out", "www"];
    let Some(depth) = depth.checked_sub(1) else { return };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
            collect(&path, depth, wanted, found);
        }
        let is_script =
            path.extension().is_some_and(|it| EXTENSIONS.iter().any(|known| it == *known));
        if kind.is_file() && is_script && !name.ends_with(".d.ts") && wanted(&path) {
            found.push(path);
        }
    }
}

fn missing(app: &App, runner: &Runner) -> miette::Report {
    let folders: Vec<_> = ROOTS.iter().skip(1).chain(COPIED.iter().take(1)).copied().collect();
    miette!(
        help = format!(
            "it was looked for below `{}`, in TypeScript as well; give its path (`background-runner run \
             FILE`), correct `src` in `{}`, or write a first one with `background-runner init`",
            folders.join("/`, `"),
            app.config_name()
        ),
        "there is no source of `{}`, the file of the runner `{}`",
        runner.src,
        runner.label
    )
}

fn below(app: &App, path: &Path) -> String {
    slashed(path.strip_prefix(app.project()).unwrap_or(path))
}
