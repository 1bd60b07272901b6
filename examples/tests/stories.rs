//! The examples, run as a person runs them.
#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use std::process::Command;

/// What an example prints. Cargo builds the examples of a package before its tests, next to them.
fn example(name: &str) -> String {
    let test = std::env::current_exe().unwrap();
    let built = test.parent().and_then(|deps| deps.parent()).unwrap().join("examples").join(name);
    let output = Command::new(built).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_examples_do_what_they_say() {
    let minimal = example("minimal");
    assert!(minimal.contains("Haircut") && minimal.contains("3:00 pm"), "{minimal}");
    let loud = example("custom_channel");
    assert!(loud.contains("NISAIDIE NA NAMBA YAKO"), "{loud}");
    let wifi = example("custom_knowledge");
    assert!(wifi.contains("the password is on the mirror"), "{wifi}");
}
