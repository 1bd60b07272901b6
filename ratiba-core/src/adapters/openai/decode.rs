//! A completion as a reply.

use serde::Deserialize;

use super::super::llm::list;
use crate::models::cost::Usage;
use crate::ports::llm::{LlmFault, LlmFaultKind, LlmReply, OfferedModel, StopReason};

#[derive(Deserialize)]
struct Completion {
    model: String,
    choices: Vec<Choice>,
    usage: Option<WireUsage>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    refusal: Option<String>,
}

#[derive(Clone, Deserialize)]
pub(super) struct WireUsage {
    prompt_tokens: u64,
    completion_tokens: u64,
    prompt_tokens_details: Option<PromptDetails>,
}

#[derive(Clone, Default, Deserialize)]
struct PromptDetails {
    cached_tokens: Option<u64>,
    cache_write_tokens: Option<u64>,
}

impl WireUsage {
    /// The counts: cached and written tokens are disjoint parts of the prompt, reasoning is inside the completion.
    pub(super) fn usage(&self) -> Usage {
        let details = self.prompt_tokens_details.clone().unwrap_or_default();
        let read = details.cached_tokens.unwrap_or(0);
        let written = details.cache_write_tokens.unwrap_or(0);
        Usage {
            input: self.prompt_tokens.saturating_sub(read).saturating_sub(written),
            cache_read: read,
            cache_write: written,
            cache_write_long: 0,
            output: self.completion_tokens,
        }
    }
}

/// The models of a list; nothing is said of their ends there.
pub(super) fn models(body: &[u8]) -> Result<Vec<OfferedModel>, LlmFault> {
    #[derive(Deserialize)]
    struct Entry {
        id: String,
    }

    let listed = list::<Entry>(body)?.into_iter();
    Ok(listed.map(|entry| OfferedModel { name: entry.id, ends: None }).collect())
}

/// Why it stopped, by the API's words.
pub(super) fn stop(reason: Option<&str>, refused: bool) -> StopReason {
    match reason {
        _ if refused => StopReason::Refused,
        Some("stop") => StopReason::Done,
        Some("length") => StopReason::Limit,
        Some("content_filter") => StopReason::Refused,
        Some(_) | None => StopReason::Unknown,
    }
}

/// Reads a completion.
pub(super) fn reply(body: &[u8], request_id: Option<String>) -> Result<LlmReply, LlmFault> {
    let broken =
        |what: &str| LlmFault::new(LlmFaultKind::Broken, what).with_request_id(request_id.clone());
    let completion: Completion =
        serde_json::from_slice(body).map_err(|_| broken("the answer is no completion"))?;
    let usage = completion.usage.as_ref().map(WireUsage::usage);
    let Some(choice) = completion.choices.into_iter().next() else {
        return Err(broken("the answer holds no choice").with_usage(usage));
    };
    let refused = choice.message.refusal.is_some();
    Ok(LlmReply {
        text: choice.message.content.unwrap_or_default(),
        stop: stop(choice.finish_reason.as_deref(), refused),
        usage: usage.ok_or_else(|| broken("the answer does not tell what was used"))?,
        model: completion.model,
        request_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completion(message: &str, finish: &str) -> String {
        format!(
            r#"{{"id":"c","object":"chat.completion","created":1,"model":"m-2026","choices":[{{"index":0,"message":{message},"finish_reason":"{finish}"}}],
            "usage":{{"prompt_tokens":3000,"completion_tokens":200,"total_tokens":3200,
            "prompt_tokens_details":{{"cached_tokens":2048,"cache_write_tokens":900,"audio_tokens":0}},"completion_tokens_details":{{"reasoning_tokens":128}}}}}}"#
        )
    }

    #[test]
    fn a_completion_is_read_and_the_parts_of_its_prompt_are_told_apart() {
        let body = completion(r#"{"role":"assistant","content":"{}","refusal":null}"#, "stop");
        let reply = reply(body.as_bytes(), None).unwrap();
        assert_eq!((reply.text.as_str(), reply.stop), ("{}", StopReason::Done));
        let usage = Usage {
            input: 52,
            cache_read: 2_048,
            cache_write: 900,
            output: 200,
            ..Usage::default()
        };
        assert_eq!(reply.usage, usage);
    }

    #[test]
    fn a_refusal_and_a_cut_answer_are_told_apart_from_a_whole_one() {
        for (message, finish, wanted) in [
            (r#"{"content":null,"refusal":"no"}"#, "stop", StopReason::Refused),
            (r#"{"content":"{\"a"}"#, "length", StopReason::Limit),
            (r#"{"content":""}"#, "content_filter", StopReason::Refused),
            (r#"{"content":""}"#, "novel", StopReason::Unknown),
        ] {
            assert_eq!(reply(completion(message, finish).as_bytes(), None).unwrap().stop, wanted);
        }
    }

    #[test]
    fn what_is_no_completion_is_a_fault() {
        for body in ["", "null", "{}", "<html>", r#"{"model":"m","choices":[]}"#] {
            assert_eq!(reply(body.as_bytes(), None).unwrap_err().kind, LlmFaultKind::Broken);
        }
    }
}
