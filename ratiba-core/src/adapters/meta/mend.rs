//! Repairs the two faults that make JSON unreadable although only one text in it is bad: half a surrogate pair, and bytes
//! that are no UTF-8. Both become U+FFFD, the replacement character.

/// The repaired bytes, or `None` when there was nothing of the kind.
pub(super) fn mended(raw: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(raw);
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut mended = matches!(text, std::borrow::Cow::Owned(_));
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte != b'\\' {
            out.push(byte);
            at += 1;
            continue;
        }
        let lone = match unit(bytes, at) {
            Some(0xD800..=0xDBFF) => {
                let paired = matches!(unit(bytes, at + 6), Some(0xDC00..=0xDFFF));
                if paired {
                    out.extend_from_slice(&bytes[at..at + 12]);
                    at += 12;
                    continue;
                }
                true
            }
            Some(0xDC00..=0xDFFF) => true,
            Some(_) | None => false,
        };
        if lone {
            out.extend_from_slice(br"\ufffd");
            mended = true;
            at += 6;
        } else {
            // The escaped character may itself be a backslash, which escapes nothing further.
            let end = bytes.len().min(at + 2);
            out.extend_from_slice(&bytes[at..end]);
            at = end;
        }
    }
    mended.then_some(out)
}

/// The UTF-16 unit of a `\uXXXX` escape that begins at `at`.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let escape = bytes.get(at..at + 6)?;
    let digits = escape.strip_prefix(br"\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended_text(raw: &str) -> Option<String> {
        mended(raw.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn half_a_pair_is_replaced_and_a_whole_one_kept() {
        assert_eq!(mended_text(r#"{"a":"\ud83d!"}"#).as_deref(), Some(r#"{"a":"\ufffd!"}"#));
        assert_eq!(
            mended_text(r#"["\udc4b","\ud83d\udc4b","\ud83d\ud83d\udc4b"]"#).as_deref(),
            Some(r#"["\ufffd","\ud83d\udc4b","\ufffd\ud83d\udc4b"]"#)
        );
        assert_eq!(mended_text(r#"["\\ud83d","\ud83d\udc4b"]"#), None, "an escaped backslash");
        assert_eq!(mended_text(r#"["\"#), None);
    }

    #[test]
    fn bytes_that_are_no_utf8_are_replaced() {
        assert_eq!(mended(b"[\"\xff\"]").as_deref(), Some("[\"\u{fffd}\"]".as_bytes()));
    }
}
