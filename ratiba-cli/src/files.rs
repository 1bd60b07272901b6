//! Files that commands read: one, or all of a kind below a folder.

use std::path::{Path, PathBuf};

use crate::error::CliError;

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path).map_err(|error| CliError::file(path, &error))
}

/// The files themselves, and those with one of these endings below the folders, in order of their names.
pub(crate) fn of(paths: &[PathBuf], endings: &[&str]) -> Result<Vec<PathBuf>, CliError> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, endings, &mut files)?;
    }
    Ok(files)
}

fn collect(path: &Path, endings: &[&str], files: &mut Vec<PathBuf>) -> Result<(), CliError> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let failed = |error: std::io::Error| CliError::file(path, &error);
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)
        .map_err(failed)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    entries.sort();
    for entry in entries {
        let ends = |extension: &std::ffi::OsStr| endings.iter().any(|ending| extension == *ending);
        if entry.is_dir() || entry.extension().is_some_and(ends) {
            collect(&entry, endings, files)?;
        }
    }
    Ok(())
}
