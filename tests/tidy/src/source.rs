//! The files and crates of the workspace.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::code::{Code, code, without_tests};

/// A Rust file.
#[derive(Debug, Clone)]
pub struct Source {
    /// From the workspace's folder on, with `/` between.
    pub path: String,
    /// All of it.
    pub text: String,
    /// Without comments and texts.
    pub code: String,
    /// Lines, from 0, that have part of a raw string in them.
    pub raw_lines: Vec<usize>,
}

impl Source {
    /// Its code without the tests in it.
    pub fn code_without_tests(&self) -> String {
        without_tests(&self.code)
    }

    /// Whether all of it is there for tests.
    pub fn is_test(&self) -> bool {
        self.path.split('/').any(|part| matches!(part, "tests" | "benches" | "examples" | "tests.rs"))
    }
}

/// A crate of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// Its folder, from the workspace's on.
    pub folder: String,
}

/// The workspace's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every crate that the workspace lists.
pub fn crates() -> Vec<Crate> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap_or_default();
    let members = manifest.split_once("members = [").and_then(|(_, rest)| rest.split_once(']')).unwrap_or_default().0;
    let folders = members.split('"').skip(1).step_by(2);
    folders
        .map(|folder| {
            let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap_or_default();
            let name = manifest.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
            Crate { name: name.unwrap_or(folder).to_owned(), folder: folder.to_owned() }
        })
        .collect()
}

/// What a crate needs to be built, by name; what only its tests need is left out.
pub fn dependencies(of: &Crate) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(&of.folder).join("Cargo.toml")).unwrap_or_default();
    let mut names = Vec::new();
    let mut is_inside = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_inside = line.trim() == "[dependencies]" || line.ends_with(".dependencies]");
        } else if is_inside {
            names.extend(line.split(['.', ' ', '=']).next().filter(|name| !name.is_empty()).map(str::to_owned));
        }
    }
    names
}

/// Every Rust file of the workspace, in the order of their paths; read once.
pub fn sources() -> &'static [Source] {
    static SOURCES: OnceLock<Vec<Source>> = OnceLock::new();
    SOURCES.get_or_init(read)
}

fn read() -> Vec<Source> {
    let mut paths = Vec::new();
    collect(&root(), "", &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(root().join(&path)).unwrap_or_default();
            let Code { text: code, raw_lines } = code(&text);
            Source { path, text, code, raw_lines }
        })
        .collect()
}

fn collect(folder: &Path, prefix: &str, paths: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let is_built = name.starts_with('.') || name.starts_with("target") || name == "node_modules" || name == "data";
        match (is_folder, is_built) {
            (true, false) => collect(&entry.path(), &path, paths),
            (false, _) if name.ends_with(".rs") => paths.push(path),
            (_, _) => {}
        }
    }
}
