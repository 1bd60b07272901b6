//! What Meta's refusals mean for us: one table from code and subcode to the decision.

use jiff::SignedDuration;
use serde::Deserialize;

use super::super::http::{Answer, header};
use crate::ports::fault::{Fault, FaultKind};

/// How much of the allowance is used: JSON, in which waits are minutes.
const USAGE: &str = "x-business-use-case-usage";

#[derive(Deserialize)]
struct ErrorBody {
    error: GraphError,
}

/// The part of a Graph error that decides; texts are left alone, since they may quote what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct GraphError {
    code: i64,
    #[serde(default)]
    error_subcode: Option<i64>,
    #[serde(default)]
    is_transient: Option<bool>,
}

impl GraphError {
    /// The error in an answer's body, if it has one.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice::<ErrorBody>(body).ok().map(|body| body.error)
    }

    /// The code, by which most things are decided.
    pub(super) fn code(self) -> i64 {
        self.code
    }

    fn label(self) -> String {
        match self.error_subcode {
            Some(subcode) if subcode != 0 => format!("{}/{subcode}", self.code),
            Some(_) | None => self.code.to_string(),
        }
    }
}

/// The per-pair rate limit, which has a back-off of its own.
pub(super) const PAIR_RATE: i64 = 131_056;

/// What a code means, when it came in an answer or with a failed status. `None`: not in the table.
pub(super) fn kind_of(code: i64, subcode: Option<i64>) -> Option<FaultKind> {
    use FaultKind as K;
    Some(match (code, subcode) {
        (10, Some(2_018_278 | 2_534_022)) | (131_047, _) => K::WindowClosed,
        // Restricted, policy, locked, display name, billing, spam.
        (10, Some(1_893_063))
        | (100, Some(2_534_029))
        | (368 | 131_031 | 131_037 | 131_042 | 131_048, _) => K::Blocked,
        // The recipient can't be written to; the account is fine. This stands before the bare 10.
        (10, Some(2_018_108)) => K::Rejected,
        // 33 comes as a code by the table and, in practice, as a subcode of 100: no such number for this token.
        (100, Some(33))
        | (0 | 3 | 10 | 33 | 190 | 200..=299 | 131_005 | 131_045 | 133_010 | 133_016, _) => {
            K::Unauthorised
        }
        // Seen with messages that were all delivered.
        (1, _) => K::Unknown,
        (2 | 131_000 | 131_016 | 131_052 | 131_053 | 131_057, _) => K::Transient,
        (4 | 17 | 32 | 613 | 80_004 | 80_006 | 80_007 | 130_429 | PAIR_RATE | 131_064, _) => {
            K::RateLimited
        }
        // A template that is not there, does not fit or is paused: an operator has to see to it.
        (132_000..=132_999, _) => K::Misconfigured,
        // Wrong, unwelcome or undeliverable: this one message, for good.
        (
            100 | 551 | 130_472 | 130_497 | 131_008 | 131_009 | 131_021 | 131_026 | 131_030
            | 131_049 | 131_050 | 131_051 | 131_062 | 135_000,
            _,
        ) => K::Rejected,
        _ => return None,
    })
}

/// What to do about a message that was taken and then failed. By then it is certain that it did not arrive.
pub(super) fn kind_of_failed_status(code: i64) -> FaultKind {
    match kind_of(code, None) {
        Some(FaultKind::Unknown) => FaultKind::Transient,
        Some(kind) => kind,
        None => FaultKind::Rejected,
    }
}

/// Whether a request was taken: the status decides, except that an error body is an error whatever the status.
pub(super) fn is_success(answer: &Answer) -> bool {
    (200..300).contains(&answer.status) && GraphError::read(&answer.body).is_none()
}

/// The answer to a request of which only success matters.
pub(super) fn done(answer: &Answer) -> Result<(), Fault> {
    if is_success(answer) { Ok(()) } else { Err(fault(answer)) }
}

/// The fault that a refusal is. `answer` is not a success.
pub(super) fn fault(answer: &Answer) -> Fault {
    let Some(error) = GraphError::read(&answer.body) else { return fault_without_body(answer) };
    let by_status = || match answer.status {
        _ if error.is_transient == Some(true) => FaultKind::Transient,
        401 => FaultKind::Unauthorised,
        429 => FaultKind::RateLimited,
        500.. => FaultKind::Unknown,
        _ => FaultKind::Rejected,
    };
    let kind = kind_of(error.code, error.error_subcode).unwrap_or_else(by_status);
    let fault = Fault::new(kind, "the Graph API refused the request").with_code(error.label());
    let shortest = match (kind, error.code) {
        // The day's allowance of people outside the window: it does not come back within minutes.
        (FaultKind::RateLimited, 131_064) => Some(SignedDuration::from_hours(1)),
        _ => None,
    };
    match wait(answer).max(shortest) {
        Some(wait) if matches!(kind, FaultKind::RateLimited | FaultKind::Transient) => {
            fault.with_retry_after(wait)
        }
        Some(_) | None => fault,
    }
}

/// Something between us and Meta answered, or Meta in a bad moment: HTML, or nothing.
fn fault_without_body(answer: &Answer) -> Fault {
    let kind = match answer.status {
        429 => FaultKind::RateLimited,
        // A wrong base address: Meta itself explains its refusals.
        300..=399 | 404 | 405 => FaultKind::Misconfigured,
        408 => FaultKind::Unknown,
        400..=499 => FaultKind::Transient,
        _ => FaultKind::Unknown,
    };
    let fault = Fault::new(kind, "the answer is not the Graph API's").with_code(answer.status);
    match wait(answer) {
        Some(wait) if kind == FaultKind::RateLimited => fault.with_retry_after(wait),
        Some(_) | None => fault,
    }
}

/// The longest wait that the headers ask for; at most a day, so that a slip of theirs can't silence us.
pub(super) fn wait(answer: &Answer) -> Option<SignedDuration> {
    const DAY: SignedDuration = SignedDuration::from_hours(24);
    let asked = answer.retry_after().map(SignedDuration::from_secs);
    let usage = header(&answer.headers, USAGE).and_then(minutes_of_usage);
    let usage = usage.map(|minutes| SignedDuration::from_mins(i64::from(minutes)));
    asked.max(usage).filter(SignedDuration::is_positive).map(|wait| wait.min(DAY))
}

/// `{"<business id>":[{"type":"..","estimated_time_to_regain_access":5, ..}]}`
fn minutes_of_usage(header: &str) -> Option<u32> {
    #[derive(Deserialize)]
    struct Usage {
        #[serde(default)]
        estimated_time_to_regain_access: u32,
    }
    let usage: std::collections::HashMap<String, Vec<Usage>> = serde_json::from_str(header).ok()?;
    usage.into_values().flatten().map(|usage| usage.estimated_time_to_regain_access).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use FaultKind as K;

    fn refused(status: u16, code: i64, subcode: i64) -> Fault {
        let body =
            format!(r#"{{"error":{{"message":"m","code":{code},"error_subcode":{subcode}}}}}"#);
        fault(&Answer::of(status, body))
    }

    #[test]
    fn each_code_has_its_decision_whatever_the_http_status() {
        for (code, kind) in [
            (190, K::Unauthorised),
            (0, K::Unauthorised),
            (10, K::Unauthorised),
            (33, K::Unauthorised),
            (131_005, K::Unauthorised),
            (1, K::Unknown),
            (2, K::Transient),
            (131_000, K::Transient),
            (4, K::RateLimited),
            (80_007, K::RateLimited),
            (130_429, K::RateLimited),
            (131_056, K::RateLimited),
            (100, K::Rejected),
            (131_009, K::Rejected),
            (131_026, K::Rejected),
            (131_062, K::Rejected),
            (131_047, K::WindowClosed),
            (131_031, K::Blocked),
            (131_048, K::Blocked),
            (132_001, K::Misconfigured),
            (132_015, K::Misconfigured),
        ] {
            for status in [400, 403, 500] {
                assert_eq!(refused(status, code, 0).kind, kind, "{code} with {status}");
            }
        }
    }

    #[test]
    fn a_subcode_may_change_the_decision() {
        assert_eq!(refused(400, 10, 2_018_278).kind, K::WindowClosed);
        assert_eq!(refused(400, 10, 2_018_108).kind, K::Rejected);
        assert_eq!(refused(400, 100, 2_534_029).kind, K::Blocked);
        let sent_all_the_same = refused(400, 1, 1_357_046);
        assert_eq!(sent_all_the_same.kind, K::Unknown);
        assert_eq!(sent_all_the_same.code.as_deref(), Some("1/1357046"));
    }

    #[test]
    fn a_code_that_we_do_not_know_is_judged_by_the_rest() {
        assert_eq!(refused(400, 999_999, 0).kind, K::Rejected);
        assert_eq!(refused(500, 999_999, 0).kind, K::Unknown);
        assert_eq!(refused(429, 999_999, 0).kind, K::RateLimited);
        let transient = r#"{"error":{"code":999999,"is_transient":true,"error_data":"old form"}}"#;
        assert_eq!(fault(&Answer::of(500, transient)).kind, K::Transient);
    }

    #[test]
    fn an_answer_that_is_not_the_graph_apis_leaves_a_send_unknown() {
        for (status, body, kind) in [
            (502, "<html>Bad Gateway</html>", K::Unknown),
            (500, "", K::Unknown),
            (504, "null", K::Unknown),
            (408, "", K::Unknown),
            (404, "<html>", K::Misconfigured),
            (429, "", K::RateLimited),
            (403, "<html>", K::Transient),
        ] {
            assert_eq!(fault(&Answer::of(status, body)).kind, kind, "{status} {body}");
        }
    }

    #[test]
    fn waits_are_seconds_in_one_header_and_minutes_in_the_other() {
        let body = r#"{"error":{"code":80007}}"#;
        let usage = r#"{"1":[{"type":"whatsapp","estimated_time_to_regain_access":3}]}"#;
        let told = |retry_after: Option<&str>, usage: Option<&str>| {
            let mut answer = Answer::of(400, body);
            for (name, value) in [("retry-after", retry_after), (USAGE, usage)] {
                if let Some(value) = value {
                    answer.headers.insert(name, value.parse().unwrap());
                }
            }
            fault(&answer).retry_after
        };
        assert_eq!(told(Some("30"), None), Some(SignedDuration::from_secs(30)));
        assert_eq!(told(Some("30"), Some(usage)), Some(SignedDuration::from_mins(3)));
        assert_eq!(told(None, None), None);
        assert_eq!(told(Some("soon"), Some("not json")), None);
        assert_eq!(told(Some("4000000000"), None), Some(SignedDuration::from_hours(24)));
    }

    #[test]
    fn a_failed_status_is_never_in_doubt() {
        assert_eq!(kind_of_failed_status(1), K::Transient);
        assert_eq!(kind_of_failed_status(131_047), K::WindowClosed);
        assert_eq!(kind_of_failed_status(131_042), K::Blocked);
        assert_eq!(kind_of_failed_status(424_242), K::Rejected);
    }

    #[test]
    fn what_meta_says_in_words_goes_nowhere() {
        let body = r#"{"error":{"code":100,"message":"to 254712345678 failed","error_data":{"details":"254712345678"}}}"#;
        let shown = format!("{:?}", fault(&Answer::of(400, body)));
        assert!(!shown.contains("254712345678"), "{shown}");
    }
}
