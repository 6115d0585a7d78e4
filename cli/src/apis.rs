//! `background-runner apis`: the functions that an app adds for its runners.

use std::{
    path::{Component, Path, PathBuf},
    process::ExitCode,
};

use background_runner::ApiSpec;
use clap::Args;
use codegen::app_functions::HostApis;
use miette::{IntoDiagnostic as _, Result, WrapErr as _};

use crate::{disk::slashed, json};

/// Check the TypeScript that declares an app's own functions, and write it as `hostApis` of the config
#[derive(Args)]
pub(crate) struct Apis {
    /// The declarations: an interface for each global of the scripts
    file: PathBuf,
    /// Where the JSON for the configuration goes [default: the standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Where the typings of the globals go, for runner scripts in TypeScript
    #[arg(long, value_name = "FILE.d.ts")]
    typings: Option<PathBuf>,
}

impl Apis {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let apis = match parse(&self.file)? {
            Ok(apis) => apis,
            Err(report) => {
                eprintln!("{report:?}");
                return Ok(ExitCode::FAILURE);
            }
        };
        let catalogue = format!("{:#}\n", apis.catalogue());
        match &self.output {
            Some(path) => write(path, &catalogue)?,
            None => print!("{catalogue}"),
        }
        if let Some(path) = &self.typings {
            write(path, &apis.typings(&import_of(&self.file, path)?))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// How a file of declarations is imported by another file.
fn import_of(declarations: &Path, from: &Path) -> Result<String> {
    let (to, from) = (absolute(&declarations.with_extension(""))?, absolute(from)?);
    let folder: Vec<_> = from.parent().unwrap_or(Path::new("/")).components().collect();
    let to: Vec<_> = to.components().collect();
    let common = folder.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = folder.len().saturating_sub(common);
    let start = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
    let rest: PathBuf = to.into_iter().skip(common).collect();
    Ok(start + &slashed(&rest))
}

/// A path from the root, without `..`.
fn absolute(path: &Path) -> Result<PathBuf> {
    let mut clean = PathBuf::new();
    for part in std::path::absolute(path).into_diagnostic()?.components() {
        if part == Component::ParentDir {
            clean.pop();
        } else {
            clean.push(part);
        }
    }
    Ok(clean)
}

/// What a file declares, as the runtime takes it.
pub(crate) fn specs(file: &Path) -> Result<Vec<ApiSpec>> {
    let catalogue = parse(file)??.catalogue();
    serde_json::from_value(catalogue).into_diagnostic()
}

/// What a file declares, or the complaints about it.
fn parse(file: &Path) -> Result<Result<HostApis>> {
    let text = json::read(file)?;
    Ok(HostApis::parse(&file.display().to_string(), &text).map_err(miette::Report::new))
}

fn write(path: &Path, text: &str) -> Result<()> {
    codegen::project::replace(path, text)
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` cannot be written", path.display()))
}
