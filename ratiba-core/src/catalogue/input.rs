//! What a file of a price list is, by its first bytes, and how large it may be. Four kinds of input, five with several pictures at once.

use super::csv::{CsvError, read_csv};
use super::decode::text_of;
use super::text::read_text;
use super::written::Reading;
use crate::domain::money::Currency;

/// The largest picture.
pub const MAX_PICTURE: usize = 5 << 20;
/// The largest PDF document.
pub const MAX_PDF: usize = 4 << 20;
/// The largest text; a price list that somebody has typed has some kilobytes.
pub const MAX_TEXT: usize = 256 << 10;
/// Files that are read at once.
pub const MAX_FILES: usize = 10;
/// What all of them together may have: within what providers take in one day's sense and one owner's patience.
pub const MAX_TOGETHER: usize = 16 << 20;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A table.
    Csv,
    /// Lines.
    Text,
    /// A picture of this media type.
    Picture(&'static str),
    /// Pages.
    Pdf,
}

impl Kind {
    /// Whether somebody has to look at it: a model.
    pub const fn needs_eyes(self) -> bool {
        matches!(self, Self::Picture(_) | Self::Pdf)
    }

    /// A word for reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Text => "text",
            Self::Picture(_) => "image",
            Self::Pdf => "pdf",
        }
    }

    const fn most(self) -> usize {
        match self {
            Self::Csv => super::decode::MAX_BYTES,
            Self::Text => MAX_TEXT,
            Self::Picture(_) => MAX_PICTURE,
            Self::Pdf => MAX_PDF,
        }
    }
}

/// Why a file is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// Nothing is in it.
    #[error("the file is empty")]
    Empty,
    /// A format that nobody here reads.
    #[error("this is {what}; {remedy}")]
    Unread {
        /// Which.
        what: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// Too large for its kind.
    #[error("this {kind} has {bytes} bytes; up to {most} are read. {remedy}")]
    TooLarge {
        /// `image`, `pdf`, `text`, `csv`.
        kind: &'static str,
        /// Its size.
        bytes: usize,
        /// The most.
        most: usize,
        /// What to do.
        remedy: &'static str,
    },
    /// Words that are no table.
    #[error(transparent)]
    Csv(#[from] CsvError),
}

const AS_PICTURE: &str = "save it as JPEG or PNG and try again";
const AS_PDF: &str = "save it as PDF or as text and try again";
const AS_CSV: &str = "save it as CSV and try again";

/// What a file is. `name` only tells a table from other text.
pub fn kind_of(name: &str, bytes: &[u8]) -> Result<Kind, InputError> {
    if bytes.is_empty() {
        return Err(InputError::Empty);
    }
    let kind = known(name, bytes)?;
    if bytes.len() > kind.most() {
        let remedy = match kind {
            Kind::Csv | Kind::Text => "Leave out what is no service.",
            Kind::Picture(_) => "Make the picture smaller.",
            Kind::Pdf => "Split the document, or take pictures of its pages.",
        };
        let (kind, most) = (kind.as_str(), kind.most());
        return Err(InputError::TooLarge { kind, bytes: bytes.len(), most, remedy });
    }
    Ok(kind)
}

fn known(name: &str, bytes: &[u8]) -> Result<Kind, InputError> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let unread = |what, remedy| Err(InputError::Unread { what, remedy });
    match bytes {
        _ if starts(b"%PDF-") => Ok(Kind::Pdf),
        _ if starts(b"\xFF\xD8\xFF") => Ok(Kind::Picture("image/jpeg")),
        _ if starts(b"\x89PNG\r\n\x1A\n") => Ok(Kind::Picture("image/png")),
        _ if starts(b"GIF8") => Ok(Kind::Picture("image/gif")),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            Ok(Kind::Picture("image/webp"))
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => {
            unread("a HEIC or AVIF picture, or a video", AS_PICTURE)
        }
        _ if starts(b"II*\0") || starts(b"MM\0*") => unread("a TIFF picture", AS_PICTURE),
        _ if starts(b"BM") && bytes.iter().take(64).any(|b| *b == 0) => {
            unread("a bitmap", AS_PICTURE)
        }
        _ if starts(b"PK\x03\x04") && ends(name, &["xlsx", "ods"]) => unread("a workbook", AS_CSV),
        _ if starts(b"PK\x03\x04") => unread("an archive or a document of an office", AS_PDF),
        _ if starts(b"\xD0\xCF\x11\xE0") => unread("an old document of an office", AS_PDF),
        _ if ends(name, &["csv", "tsv"]) => Ok(Kind::Csv),
        _ => Ok(Kind::Text),
    }
}

fn ends(name: &str, endings: &[&str]) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

/// Reads a file of words; one that needs eyes holds none.
pub fn read_words(kind: Kind, bytes: &[u8], currency: Currency) -> Result<Reading, InputError> {
    match kind {
        Kind::Csv => {
            let sheet = read_csv(bytes, currency)?;
            Ok(Reading { rows: sheet.rows, bad: sheet.bad, notes: Vec::new() })
        }
        Kind::Text => match text_of(bytes) {
            Ok(text) => Ok(read_text(&text, currency)),
            Err(CsvError::Empty) => Err(InputError::Empty),
            Err(CsvError::NotText { format }) => {
                Err(InputError::Unread { what: format, remedy: "save it as text and try again" })
            }
            Err(error) => Err(error.into()),
        },
        Kind::Picture(_) | Kind::Pdf => Ok(Reading::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_bytes_and_not_by_its_name() {
        let webp = b"RIFF\x10\0\0\0WEBPVP8 ";
        for (name, bytes, kind) in [
            ("menu.txt", b"%PDF-1.7\n".as_slice(), Kind::Pdf),
            ("menu.pdf", b"\xFF\xD8\xFF\xE0".as_slice(), Kind::Picture("image/jpeg")),
            ("a", b"\x89PNG\r\n\x1A\n".as_slice(), Kind::Picture("image/png")),
            ("a", webp.as_slice(), Kind::Picture("image/webp")),
            ("a.CSV", b"name,price".as_slice(), Kind::Csv),
            ("a.txt", b"BMW wash 500".as_slice(), Kind::Text),
        ] {
            assert_eq!(kind_of(name, bytes), Ok(kind), "{name}");
        }
        for (name, bytes, words) in [
            ("a.jpg", b"".as_slice(), "the file is empty"),
            ("a.jpg", b"\0\0\0\x18ftypheic".as_slice(), "save it as JPEG"),
            ("a.tif", b"II*\0".as_slice(), "save it as JPEG"),
            ("a.xlsx", b"PK\x03\x04".as_slice(), "save it as CSV"),
            ("a.docx", b"PK\x03\x04".as_slice(), "save it as PDF"),
        ] {
            let error = kind_of(name, bytes).unwrap_err().to_string();
            assert!(error.contains(words), "{name}: {error}");
        }
    }

    #[test]
    fn each_kind_has_its_limit() {
        let of = |start: &[u8], size: usize| {
            let mut bytes = start.to_vec();
            bytes.resize(size, b'x');
            kind_of("a", &bytes)
        };
        assert!(of(b"\xFF\xD8\xFF", MAX_PICTURE).is_ok());
        for (start, most) in [
            (b"\xFF\xD8\xFF".as_slice(), MAX_PICTURE),
            (b"%PDF-".as_slice(), MAX_PDF),
            (b"Braids 2500".as_slice(), MAX_TEXT),
        ] {
            let error = of(start, most + 1).unwrap_err().to_string();
            assert!(error.contains(&format!("has {} bytes; up to {most}", most + 1)), "{error}");
        }
    }

    #[test]
    fn words_that_are_none_are_refused() {
        let noise = read_words(Kind::Text, b"abc\0\x01\x02", Currency::Kes).unwrap_err();
        assert_eq!(noise.to_string(), "this is a binary file; save it as text and try again");
        assert_eq!(read_words(Kind::Pdf, b"%PDF-", Currency::Kes), Ok(Reading::default()));
    }
}
