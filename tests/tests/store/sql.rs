//! Every statement that touches a tenant's table names the tenant.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// The databases that the store speaks to.
const DIALECTS: [&str; 2] = ["sqlite", "postgres"];

/// Where the store and its schema lie.
fn core(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../ratiba-core").join(path)
}

fn texts(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for file in fs::read_dir(core(folder)).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|e| e == ending) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            found.push((name, fs::read_to_string(path).unwrap()));
        }
    }
    found
}

/// The words of a text, without case and punctuation.
fn words(text: &str) -> Vec<String> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split(|c: char| !word(c)).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}

/// The tables of a chain whose rows carry a tenant, and those whose rows do not.
fn tables(chain: &str, dialect: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut with, mut without) = (BTreeSet::new(), BTreeSet::new());
    for (_, sql) in texts(&format!("migrations/{chain}/{dialect}"), "sql") {
        for definition in sql.split("CREATE TABLE ").skip(1) {
            let definition = definition.split(';').next().unwrap();
            let words = words(definition);
            let carries = words.iter().any(|word| word == "tenant_id");
            if carries { &mut with } else { &mut without }.insert(words[0].clone());
        }
    }
    (with, without)
}

/// The string literals of a source that are statements.
fn statements(source: &str) -> Vec<&str> {
    let verbs = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"];
    // Raw ones may hold quotes.
    let mut plain = Vec::new();
    let mut all = Vec::new();
    for (n, part) in source.split("r#\"").enumerate() {
        let rest = match part.split_once("\"#") {
            Some((raw, rest)) if n > 0 => {
                all.push(raw);
                rest
            }
            _ => part,
        };
        plain.push(rest);
    }
    all.extend(plain.iter().flat_map(|rest| rest.split('"')));
    all.retain(|text| verbs.iter().any(|verb| text.starts_with(verb)));
    all
}

#[test]
fn every_table_of_a_tenant_carries_the_tenant() {
    for dialect in DIALECTS {
        let (with, without) = tables("tenant", dialect);
        assert!(with.len() >= 14 && with.len() <= 25, "{with:?}");
        assert_eq!(without, BTreeSet::new());
    }
}

#[test]
fn both_chains_have_the_same_steps_and_tables_in_each_dialect() {
    let [a, b] = DIALECTS;
    for chain in ["registry", "tenant"] {
        let names = |dialect| {
            let files = texts(&format!("migrations/{chain}/{dialect}"), "sql");
            files.into_iter().map(|(name, _)| name).collect::<BTreeSet<_>>()
        };
        assert_eq!(names(a), names(b), "{chain}");
    }
    assert_eq!(tables("tenant", a), tables("tenant", b));
}

#[test]
fn no_trigger_and_no_reference_leaves_a_schema() {
    for (name, sql) in texts("migrations/tenant/postgres", "sql") {
        for never in ["TRIGGER", "INHERITS", "REFERENCES public.", "REFERENCES tenants"] {
            assert!(!sql.contains(never), "{name}: {never}");
        }
    }
}

#[test]
fn every_statement_on_a_tenants_table_names_the_tenant() {
    let of = |dialect| tables("tenant", dialect).0.into_iter().chain(tables("registry", dialect).0);
    let tables: BTreeSet<_> = DIALECTS.into_iter().flat_map(of).collect();
    let mut checked = 0;
    let mut breaches = Vec::new();
    let folders = ["src/adapters/sql", "src/adapters/sqlite", "src/adapters/postgres"];
    for (file, source) in folders.into_iter().flat_map(|folder| texts(folder, "rs")) {
        for statement in statements(&source) {
            let words = words(statement);
            let touches = words.iter().filter(|word| tables.contains(*word)).count();
            // The token of a callback is what finds its tenant; there is no other way in.
            let finds_it = statement.contains("payment_routing WHERE token = $1");
            if touches == 0 || finds_it {
                continue;
            }
            checked += 1;
            if !words.iter().any(|word| word == "tenant_id") {
                breaches.push(format!("{file}: {statement}"));
            }
        }
    }
    assert!(checked > 50, "only {checked} statements were found");
    assert_eq!(breaches, Vec::<String>::new());
}
