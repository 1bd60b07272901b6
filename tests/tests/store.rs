//! The stores keep the promises of the store port: SQLite in a file and in memory, Postgres directly and through a pooler.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;

mod file;
mod keys;
mod kill;
pub(crate) mod postgres;
mod programs;
mod sql;

mod in_a_file {
    ratiba_core::store_conformance!(super::StoreInFile::make);
}

mod in_memory {
    use super::{SecretKey, SqliteStore};

    async fn make() -> Box<SqliteStore> {
        Box::new(SqliteStore::in_memory(&SecretKey::for_tests()).await.unwrap())
    }

    ratiba_core::store_conformance!(make);
}

/// Where tests keep files, if not where everybody does; `tests/run` sets it.
const FILES: &str = "RATIBA_TEST_DIR";

/// A directory of its own that goes when it is dropped.
pub(crate) struct TempDir(pub(crate) PathBuf);

impl TempDir {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("ratiba-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        let place = std::env::var_os(FILES).map_or_else(std::env::temp_dir, PathBuf::from);
        let path = place.join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("ratiba.db")
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A store in a file of its own.
struct StoreInFile {
    store: SqliteStore,
    _dir: TempDir,
}

impl StoreInFile {
    async fn make() -> Self {
        let dir = TempDir::new();
        Self { store: open(&dir.file()).await, _dir: dir }
    }
}

impl Deref for StoreInFile {
    type Target = SqliteStore;

    fn deref(&self) -> &SqliteStore {
        &self.store
    }
}

async fn open(file: &Path) -> SqliteStore {
    SqliteStore::open(file, &SecretKey::for_tests()).await.unwrap()
}
