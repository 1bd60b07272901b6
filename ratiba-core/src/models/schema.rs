//! The part of JSON Schema that every provider takes for structured answers, so that an unsupported one fails in a test and not live.

use serde_json::Value;

/// Optional and union-typed properties that a schema may have in all (reported limits are 24 and 16).
const MOST_UNIONS: usize = 16;
/// What at least one provider rejects or ignores; bounds are checked by us.
const REFUSED: &[&str] = &[
    "oneOf",
    "allOf",
    "not",
    "if",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "pattern",
    "patternProperties",
    "default",
    "$ref",
];

/// What keeps a schema from being taken by every provider; empty when nothing does.
pub fn problems(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if schema.get("type") != Some(&Value::from("object")) {
        found.push("the root is no object".to_owned());
    }
    let mut unions = 0;
    look(schema, "$", &mut unions, &mut found);
    if unions > MOST_UNIONS {
        found.push(format!("{unions} properties of more than one type, at most {MOST_UNIONS}"));
    }
    found
}

fn look(schema: &Value, at: &str, unions: &mut usize, found: &mut Vec<String>) {
    let Some(map) = schema.as_object() else {
        found.push(format!("{at} is no schema"));
        return;
    };
    for word in REFUSED.iter().filter(|word| map.contains_key(**word)) {
        found.push(format!("{at} uses {word}"));
    }
    if map.get("type").is_some_and(Value::is_array) || map.contains_key("anyOf") {
        *unions += 1;
    }
    if let Some(properties) = map.get("properties").and_then(Value::as_object) {
        if map.get("additionalProperties") != Some(&Value::Bool(false)) {
            found.push(format!("{at}: additionalProperties must be supplied and false"));
        }
        let required: Vec<&str> = map
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        for (name, property) in properties {
            if !required.contains(&name.as_str()) {
                found.push(format!("{at}.{name} is not required"));
            }
            look(property, &format!("{at}.{name}"), unions, found);
        }
    } else if map.get("type") == Some(&Value::from("object")) {
        found.push(format!("{at} is an object without properties"));
    }
    if let Some(items) = map.get("items") {
        look(items, &format!("{at}[]"), unions, found);
    }
    for (n, part) in map.get("anyOf").and_then(Value::as_array).into_iter().flatten().enumerate() {
        look(part, &format!("{at}|{n}"), unions, found);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_one_provider_would_refuse_is_told() {
        let schema = json!({"type": "object", "required": [], "properties": {
            "a": {"type": "string", "maxLength": 3},
            "b": {"type": "object", "properties": {"c": {"oneOf": []}}},
        }});
        let found = problems(&schema).join("; ");
        for part in [
            "$: additionalProperties",
            "$.a is not required",
            "$.a uses maxLength",
            "$.b: additionalProperties",
            "$.b.c uses oneOf",
        ] {
            assert!(found.contains(part), "{part}: {found}");
        }
        assert_eq!(problems(&json!([])).len(), 2);
    }
}
