//! A folder as a zip, always the same bytes for the same files, and its sum as SwiftPM wants it.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, Result};
use sha2::{Digest as _, Sha256};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// Zips `from`, itself included, into `to`, and writes the sum into a file beside it.
pub(super) fn write(from: &Path, to: &Path) -> Result<()> {
    let parent = from.parent().expect("a folder is in a folder");
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(File::create(to).into_diagnostic()?);
    for path in files(from)? {
        let name = path.strip_prefix(parent).expect("it is inside").to_string_lossy().into_owned();
        zip.start_file(name, options).into_diagnostic()?;
        zip.write_all(&fs::read(path).into_diagnostic()?).into_diagnostic()?;
    }
    zip.finish().into_diagnostic()?;
    let sum = sum(&fs::read(to).into_diagnostic()?);
    println!("{sum}  {}", to.display());
    fs::write(to.with_extension("zip.checksum"), format!("{sum}\n")).into_diagnostic()
}

/// SHA-256 in hexadecimal: what `swift package compute-checksum` prints.
pub(super) fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// Every file below a folder, sorted.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_diagnostic()? {
            let path = entry.into_diagnostic()?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}
