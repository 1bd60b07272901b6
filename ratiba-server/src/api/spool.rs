//! A file without a name: it holds an archive until it has been sent, and is gone with its last handle, also when the process dies.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom};
use std::os::unix::fs::OpenOptionsExt as _;

use ratiba_core::adapters::system::OsEntropy;
use ratiba_core::ports::clock::Entropy as _;

/// The file.
pub(crate) struct Spool(File);

impl Spool {
    /// A new one in the system's folder for such files, readable by us alone.
    pub(crate) fn open() -> io::Result<Self> {
        let name = format!("ratiba-{:016x}{:016x}", OsEntropy.draw(), OsEntropy.draw());
        let path = std::env::temp_dir().join(name);
        let file =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        std::fs::remove_file(path)?;
        Ok(Self(file))
    }

    /// A handle to write with.
    pub(crate) fn file(&self) -> io::Result<File> {
        self.0.try_clone()
    }

    /// From the beginning, for reading.
    pub(crate) fn into_reader(mut self) -> io::Result<tokio::fs::File> {
        self.0.seek(SeekFrom::Start(0))?;
        Ok(tokio::fs::File::from_std(self.0))
    }
}
