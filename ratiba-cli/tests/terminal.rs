//! The terminal program, run as a person runs it.
#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use std::process::{Command, Output};

/// The program, away from the settings of whoever runs the tests.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ratiba"));
    for name in ["DATABASE_URL", "RATIBA_DATA_DIR", "RATIBA_SECRET_KEY"] {
        command.env_remove(name);
    }
    command
}

fn ratiba(args: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = program().args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

#[test]
fn the_terminal_imports_a_wild_catalogue_and_says_what_it_did() {
    let folder = std::env::temp_dir().join(format!("ratiba-cli-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("wild.csv");
    std::fs::write(&file, "\u{feff}Huduma;Bei;Muda\nKunyoa;KSh 1,500/-;1h 30m\nBure;0;20\n")
        .unwrap();
    let database = folder.join("ratiba.db").display().to_string();
    let key = "0".repeat(64);
    let import = || {
        let output = program()
            .env("RATIBA_SECRET_KEY", &key)
            .args(["--json", "--database", &database, "catalog", "import"])
            .arg(&file)
            .args(["--tenant", "demo-barbershop"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let report = import();
    assert_eq!(report["committed"], true, "{report}");
    assert_eq!(report["rows_ok"], 1, "{report}");
    assert_eq!(report["rows_bad"][0]["line"], 3, "{report}");
    assert_eq!(report["services"][0]["price_minor"], 150_000, "{report}");
    assert_eq!(report["services"][0]["duration_min"], 90, "{report}");
    assert_eq!(import()["services"], report["services"], "the same file twice changes nothing");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_terminal_tells_wrong_use_from_what_is_not_there() {
    let (code, _, stderr) = ratiba(&["slots", "--tenant", "demo-salon", "--service", "Tattoo"]);
    assert_eq!(code, 4, "{stderr}");
    assert!(stderr.contains("RTB-1003") && stderr.contains("Braids"), "{stderr}");
    assert_eq!(ratiba(&["no-such-command"]).0, 2);
    let (code, stdout, _) = ratiba(&[
        "--json",
        "understand",
        "nataka kusuka kesho saa tisa",
        "--now",
        "2026-11-23T09:00:00+03:00",
    ]);
    assert_eq!(code, 0);
    let understanding: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(understanding["intent"], "book");
    assert_eq!(understanding["slots"]["start"], "2026-11-24T12:00:00Z");
}

#[test]
fn an_operator_makes_checks_exports_and_deletes_a_tenant_in_the_terminal() {
    let folder = std::env::temp_dir().join(format!("ratiba-operator-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let database = folder.join("ratiba.db").display().to_string();
    let run = |args: &[&str]| {
        let mut all = vec!["--json", "--database", &database];
        all.extend(args);
        let output = program().env("RATIBA_DATA_DIR", &folder).args(all).output().unwrap();
        let value = serde_json::from_slice(&output.stdout).unwrap_or(serde_json::Value::Null);
        (output.status.code().unwrap(), value, String::from_utf8(output.stderr).unwrap())
    };
    let create = ["tenant", "create", "--slug", "duka", "--name", "Duka", "--vertical", "spa"];
    let (code, made, stderr) = run(&create);
    assert_eq!((code, &made["slug"]), (0, &"duka".into()), "{stderr}");
    let (code, _, stderr) =
        run(&["tenant", "create", "--slug", "No", "--name", "", "--vertical", "x"]);
    assert_eq!(code, 2);
    assert!(["--slug", "--name", "--vertical"].iter().all(|f| stderr.contains(f)), "{stderr}");

    let (_, key, _) = run(&["tenant", "api-key", "create", "duka", "--label", "till"]);
    assert!(key["key"].as_str().unwrap().starts_with("rtb_"));
    let (_, keys, _) = run(&["tenant", "api-key", "list", "duka"]);
    assert_eq!(keys.as_array().map(Vec::len), Some(1));
    assert!(!keys.to_string().contains("rtb_"), "it is shown once");
    let (code, sealed, _) = run(&["keys", "rotate"]);
    assert_eq!((code, &sealed["current"], &sealed["resealed"]), (0, &1.into(), &0.into()));

    let (code, plan, stderr) = run(&["migrate", "--plan"]);
    assert_eq!((code, &plan["registry"]), (0, &serde_json::json!([])), "{stderr}");
    let (code, report, _) = run(&["migrate", "--jobs", "2"]);
    assert_eq!((code, &report["failed"]), (0, &serde_json::json!([])));

    let (code, checks, _) = run(&["doctor"]);
    assert_eq!(code, 1, "a tenant without anybody to page is not complete");
    assert!(checks.to_string().contains("an admin to page"), "{checks}");
    let nobody = ["--tenant", "duka", "--phone", "0712 345 678"];
    for command in ["export", "erase"] {
        let mut args = vec!["privacy", command];
        args.extend(nobody);
        if command == "erase" {
            args.push("--yes");
        }
        assert_eq!(run(&args).0, 4, "{command}");
    }
    let letter = "inb_01JZZZZZZZZZZZZZZZZZZZZZZZ";
    assert_eq!(run(&["dead-letters", "replay", letter]).0, 4);

    let file = folder.join("duka.tar.gz").display().to_string();
    let (code, exported, stderr) = run(&["tenant", "export", "duka", "--out", &file]);
    assert_eq!((code, &exported["manifest"]["rows"]["tenants"]), (0, &1.into()), "{stderr}");
    assert!(std::fs::metadata(&file).unwrap().len() > 500);
    assert_eq!(run(&["tenant", "delete", "duka", "--yes"]).0, 0);
    assert_eq!(run(&["tenant", "show", "duka"]).0, 4);
    std::fs::remove_dir_all(folder).unwrap();
}
