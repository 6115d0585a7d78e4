//! The files that docgen writes.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use docgen::Failure;

/// Prints what is stale; whether anything is. With `show`, as a diff.
pub(super) fn is_stale(outputs: &[(PathBuf, String)], show: bool) -> bool {
    let mut stale = false;
    let here = std::env::current_dir().unwrap_or_default();
    for (path, text) in outputs {
        let old = fs::read_to_string(path).unwrap_or_default();
        if old == *text {
            continue;
        }
        stale = true;
        if show {
            let name = path.strip_prefix(&here).unwrap_or(path).display().to_string();
            let name = name.trim_start_matches('/');
            print!("{}", docgen::unified_diff(name, &old, text));
        }
    }
    stale
}

/// Writes the files: none of them where one cannot be.
pub(super) fn write(outputs: &[(PathBuf, String)], say: bool) -> Result<(), Failure> {
    for (path, _) in outputs {
        writable(path).map_err(|error| refused(path, &error))?;
    }
    for (path, text) in outputs {
        codegen::project::replace(path, text).map_err(|error| refused(path, &error))?;
    }
    if say && !outputs.is_empty() {
        println!();
        for (path, _) in outputs {
            println!("✔️ DocGen Output: {}", path.display());
        }
        println!();
    }
    Ok(())
}

/// Makes the folder of a file, and looks whether the file may be written.
fn writable(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    match fs::OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn refused(path: &Path, error: &io::Error) -> Failure {
    let way_out = match error.kind() {
        io::ErrorKind::IsADirectory => "give the path of a file",
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            "a part of the path is a file: give another one"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "make it writable, or give another path"
        }
        _ => "give another path",
    };
    Failure::Said(format!("\"{}\" cannot be written ({error}): {way_out}.", path.display()))
}
