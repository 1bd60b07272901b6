//! Bytes of a file that should be text: encodings found in the wild in, one `String` or a plain refusal out.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::csv::CsvError;

/// The largest file that is read. A catalogue of a thousand services has some hundred kilobytes.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The text of a file: UTF-8 or UTF-16 with or without a byte order mark, else Windows-1252, as Excel writes it.
pub(super) fn text_of(bytes: &[u8]) -> Result<Cow<'_, str>, CsvError> {
    if bytes.len() > MAX_BYTES {
        return Err(CsvError::TooLarge { bytes: bytes.len() });
    }
    if let Some(format) = known_format(bytes) {
        return Err(CsvError::NotText { format });
    }
    let text = decoded(bytes);
    if text.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}').is_empty() {
        return Err(CsvError::Empty);
    }
    let controls = text.chars().filter(|c| is_stray_control(*c)).count();
    // A stray control character happens in text; one in fifty means that this is none.
    if text.contains('\0') || controls * 50 > text.chars().count() {
        return Err(CsvError::NotText { format: "a binary file" });
    }
    Ok(text)
}

fn is_stray_control(c: char) -> bool {
    c == '\u{FFFD}' || (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{B}' | '\u{C}'))
}

/// What the file is, when its first bytes say that it is no CSV.
fn known_format(bytes: &[u8]) -> Option<&'static str> {
    let starts: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "an Excel or OpenDocument workbook"),
        (b"\xD0\xCF\x11\xE0", "an old Excel workbook"),
        (b"%PDF", "a PDF"),
        (b"\x89PNG", "an image"),
        (b"\xFF\xD8\xFF", "an image"),
        (b"GIF8", "an image"),
    ];
    starts.into_iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, format)| format)
}

fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    if let Some(encoding) = bare_utf16(bytes) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// UTF-16 without its mark: mostly Latin text, so nearly every second byte is zero.
fn bare_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096) & !1];
    let zeros = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let pairs = sample.len() / 2;
    let (even, odd) = (zeros(0), zeros(1));
    if pairs < 4 {
        None
    } else if odd * 10 > pairs * 8 && even * 10 < pairs {
        Some(UTF_16LE)
    } else if even * 10 > pairs * 8 && odd * 10 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
        let bytes = |unit: u16| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn each_encoding_gives_the_same_text() {
        let text = "name,price\nCafé – “special”,500\n";
        assert_eq!(text_of(text.as_bytes()).unwrap(), text);
        assert_eq!(text_of(format!("\u{FEFF}{text}").as_bytes()).unwrap(), text);
        for big_endian in [false, true] {
            assert_eq!(text_of(&utf16(text, big_endian)).unwrap(), text);
            assert_eq!(text_of(&utf16(&format!("\u{FEFF}{text}"), big_endian)).unwrap(), text);
        }
        let windows = b"name,price\nCaf\xE9 \x96 \x93special\x94,500\n";
        assert_eq!(text_of(windows).unwrap(), text);
    }

    #[test]
    fn what_is_no_text_is_refused_by_name() {
        assert_eq!(
            text_of(b"PK\x03\x04rest").unwrap_err().to_string(),
            "this is an Excel or OpenDocument workbook, not a CSV file; save it as CSV and try again"
        );
        let noise: Vec<u8> = (0..4000_u32).map(|n| u8::try_from(n * 7 % 256).unwrap()).collect();
        assert!(matches!(text_of(&noise), Err(CsvError::NotText { .. })));
        assert_eq!(text_of(b" \n\r\n"), Err(CsvError::Empty));
        assert!(matches!(text_of(&vec![b'a'; MAX_BYTES + 1]), Err(CsvError::TooLarge { .. })));
    }
}
