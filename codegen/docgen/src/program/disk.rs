//! Where a program's files come from.

/// Where the files are: a disk, or a map in memory. Paths are absolute, with forward slashes.
pub trait Disk {
    /// The text of a file.
    fn read(&self, path: &str) -> Option<String>;
    /// Whether there is such a file.
    fn is_file(&self, path: &str) -> bool;
    /// What is in a folder; nothing for what is no folder. `None` says that asking for each file
    /// is as good.
    fn entries(&self, _: &str) -> Option<Vec<Entry>> {
        None
    }
    /// The names of the folders in a folder, sorted.
    fn folders(&self, path: &str) -> Vec<String>;
    /// Every TypeScript file below a folder, `node_modules` left out.
    fn sources(&self, path: &str) -> Vec<String>;
    /// The path without symbolic links.
    fn real_path(&self, path: &str) -> String {
        path.to_owned()
    }
}

/// A name in a folder.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The name alone.
    pub name: String,
    /// Whether it is a folder, or a link to one.
    pub is_folder: bool,
    /// Whether it is a symbolic link.
    pub is_link: bool,
}
