//! A document that fits a schema, for questions to which no rule speaks: first words of each list, null where null is allowed, empty lists.

use serde_json::{Map, Value, json};

/// The least document that fits.
pub(super) fn sample(schema: &Value) -> Value {
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    if let Some(parts) = schema["anyOf"].as_array() {
        let nothing = parts.iter().any(|part| part["type"] == "null");
        return if nothing { Value::Null } else { parts.first().map_or(Value::Null, sample) };
    }
    if schema["type"].is_array() {
        return Value::Null;
    }
    match schema["type"].as_str() {
        Some("object") => {
            let properties = schema["properties"].as_object();
            let parts = properties.into_iter().flatten();
            parts.map(|(name, part)| (name.clone(), sample(part))).collect::<Map<_, _>>().into()
        }
        Some("array") => json!([]),
        Some("boolean") => json!(false),
        Some("integer" | "number") => json!(0),
        Some("null") => Value::Null,
        Some(_) | None => json!(""),
    }
}
