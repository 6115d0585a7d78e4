//! The npm package: what is in it, and whether what it refers to is in it too.

use std::{collections::BTreeMap, io::Read as _};

use flate2::read::GzDecoder;
use miette::{IntoDiagnostic as _, Result};
use xshell::Shell;

use super::{Findings, bytes};
use crate::package::{UNSHIPPABLE, npm::Package, zip};

/// Checks the package in `data`.
pub(super) fn check(sh: &Shell, data: &[u8], findings: &mut Findings) -> Result<()> {
    let files = read(data, findings)?;
    findings.fact(format!("{} bytes, {} files", bytes(data.len()), files.len()));
    let expected = Package::collect(sh, crate::root())?;
    findings.same(
        &files.keys().map(String::as_str).collect(),
        &expected.files.keys().map(String::as_str).collect(),
        "it has files",
    );
    for (name, content) in &expected.files {
        let found = files.get(name);
        findings.require(found.is_none_or(|found| found == content), || {
            format!("`{name}` is not what is built now")
        });
        findings.require(!name.contains(UNSHIPPABLE), || format!("`{name}` may not be shipped"));
    }
    for missing in &expected.missing {
        findings.fact(format!("incomplete: without `{missing}`"));
    }
    findings.fact(format!("sha256 {}", zip::sum(data)));
    Ok(())
}

/// The files, without the folder that npm puts them in.
fn read(data: &[u8], findings: &mut Findings) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut archive = tar::Archive::new(GzDecoder::new(data));
    for entry in archive.entries().into_diagnostic()? {
        let mut entry = entry.into_diagnostic()?;
        let path = entry.path().into_diagnostic()?.display().to_string();
        let header = entry.header();
        let plain = header.entry_type().is_file() && header.mode().into_diagnostic()? == 0o644;
        findings.require(plain, || format!("`{path}` is no plain file"));
        let mut content = Vec::new();
        entry.read_to_end(&mut content).into_diagnostic()?;
        match path.strip_prefix("package/") {
            Some(name) => drop(files.insert(name.to_owned(), content)),
            None => findings.complaints.push(format!("`{path}` is outside of the package")),
        }
    }
    Ok(files)
}
