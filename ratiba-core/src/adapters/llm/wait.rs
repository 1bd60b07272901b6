//! How long a provider asks us to wait, in whatever form it says so.

/// What is waited for where a wait is given that can't be read as a number, such as a date.
const UNREADABLE: i64 = 60;

/// Seconds, rounded up, from `retry-after-ms` or `retry-after`. Neither is trusted to make sense: whoever uses it clamps it.
pub(super) fn seconds(after_ms: Option<&str>, after: Option<&str>) -> Option<i64> {
    if let Some(ms) = after_ms.and_then(|text| text.trim().parse::<i64>().ok()) {
        return Some(ms.max(0).saturating_add(999) / 1_000);
    }
    let text = after?.trim();
    Some(match text.parse::<f64>() {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "out of range saturates, which is clamped"
        )]
        Ok(seconds) if seconds.is_finite() => seconds.ceil() as i64,
        Ok(_) | Err(_) => UNREADABLE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_read_in_every_form() {
        assert_eq!(seconds(None, None), None);
        assert_eq!(seconds(None, Some("7")), Some(7));
        assert_eq!(seconds(Some("1200"), Some("7")), Some(2));
        assert_eq!(seconds(None, Some("0.5")), Some(1));
        assert_eq!(seconds(None, Some("-3")), Some(-3));
        assert_eq!(seconds(None, Some("Wed, 21 Oct 2026 07:28:00 GMT")), Some(60));
        assert_eq!(seconds(None, Some("9999999")), Some(9_999_999));
    }
}
