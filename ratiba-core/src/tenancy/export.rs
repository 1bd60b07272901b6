//! A tenant's data as one archive: `.tar.gz` of JSON lines, a few files for each table, and a manifest that counts and hashes them. Written as
//! rows come, so that no tenant is too large.

use std::collections::BTreeMap;
use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::domain::tenant::Slug;
use crate::ports::store::{StoreError, TenantStore};
use crate::ports::whole::{Row, RowSink};

/// A file of the archive holds about this much; more rows of the table go into the next.
const FILE_BYTES: usize = 4 << 20;
/// The form of the archive; grows when that changes.
const FORMAT: u32 = 1;

/// What an archive holds: its `manifest.json`, the last file in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// The form of the archive.
    pub format: u32,
    /// Whose.
    pub tenant: Slug,
    /// As of when.
    pub exported_at: Timestamp,
    /// Rows by table; a table without rows is not there.
    pub rows: BTreeMap<&'static str, u64>,
    /// SHA-256 of each file.
    pub files: BTreeMap<String, String>,
}

/// The archive can't be made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store can't be read.
    #[error("the data can't be read")]
    Store(#[from] StoreError),
    /// The archive can't be written.
    #[error("the archive can't be written")]
    Write(#[from] io::Error),
}

/// Writes everything of a tenant as an archive, without secrets. Returns what it holds.
pub async fn export<W: Write + Send>(
    store: &dyn TenantStore,
    tenant: &Slug,
    at: Timestamp,
    out: W,
) -> Result<Manifest, ExportError> {
    let mut archive = Archive {
        tar: tar::Builder::new(GzEncoder::new(out, Compression::default())),
        at,
        table: None,
        lines: Vec::with_capacity(FILE_BYTES),
        part: 0,
        manifest: Manifest {
            format: FORMAT,
            tenant: tenant.clone(),
            exported_at: at,
            rows: BTreeMap::new(),
            files: BTreeMap::new(),
        },
    };
    store.dump(&mut archive).await?;
    Ok(archive.finish()?)
}

struct Archive<W: Write> {
    tar: tar::Builder<GzEncoder<W>>,
    at: Timestamp,
    table: Option<&'static str>,
    lines: Vec<u8>,
    part: u32,
    manifest: Manifest,
}

impl<W: Write + Send> RowSink for Archive<W> {
    fn row(&mut self, table: &'static str, row: Row) -> io::Result<()> {
        if self.table != Some(table) || self.lines.len() >= FILE_BYTES {
            self.end_file()?;
            self.part = if self.table == Some(table) { self.part + 1 } else { 1 };
            self.table = Some(table);
        }
        serde_json::to_writer(&mut self.lines, &row)?;
        self.lines.push(b'\n');
        *self.manifest.rows.entry(table).or_default() += 1;
        Ok(())
    }
}

impl<W: Write> Archive<W> {
    fn end_file(&mut self) -> io::Result<()> {
        let Some(table) = self.table else { return Ok(()) };
        let name = format!("{table}/{:05}.jsonl", self.part);
        let hash = Sha256::digest(&self.lines);
        let hash = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let lines = std::mem::take(&mut self.lines);
        self.add(&name, &lines)?;
        self.lines = lines;
        self.lines.clear();
        self.manifest.files.insert(name, hash);
        Ok(())
    }

    fn add(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(self.at.as_second()).unwrap_or(0));
        header.set_cksum();
        self.tar.append_data(&mut header, name, content)
    }

    fn finish(mut self) -> io::Result<Manifest> {
        self.end_file()?;
        let manifest = serde_json::to_vec_pretty(&self.manifest)?;
        self.add("manifest.json", &manifest)?;
        self.tar.into_inner()?.finish()?.flush()?;
        Ok(self.manifest)
    }
}
