//! The figures of the README that no small benchmark shows: whole servers over HTTP, their memory, tenants by the thousand. Prints a table.
//!
//! `cargo bench -p ratiba-benches --bench figures` measures SQLite; through `tests/run --with` it measures Postgres and Redis beside it. Client and
//! server share the machine. `RATIBA_FIGURES_TENANTS` is how many tenants are migrated (2,000);
//! `RATIBA_FIGURES_ONLY` chooses with words between commas: `1x1`, `16x1`, `64x1` and `64x200` (so many turns at a time, of so many tenants),
//! `acks`, `answers`, `rest`; and `sqlite` or `postgres`, where one will do.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what can't be set up or does not answer has no figure"
)]

mod load;
mod many;
mod server;
#[path = "../turn/mod.rs"]
mod turn;
mod turns;

use std::io::Write as _;
use std::process::ExitCode;

use server::Place;

/// Tenants that take turns by turns.
const MANY: usize = 200;
/// Conversations that are open when memory is looked at.
const OPEN: usize = 10_000;
/// People who are answered by turns.
const WRITERS: usize = 2_000;

fn main() -> ExitCode {
    if let Some(code) = server::become_one() {
        return code;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        print(format_args!("| what | SQLite | Postgres and Redis |\n|---|---|---|"));
        let places = [
            wanted("sqlite", &["postgres"]).then(Place::file),
            Place::servers().filter(|_| wanted("postgres", &["sqlite"])),
        ];
        let mut rows: Vec<(String, Vec<String>)> = Vec::new();
        for place in &places {
            let figures = match place {
                Some(place) => of(place).await,
                None => Vec::new(),
            };
            for (at, (name, figure)) in figures.into_iter().enumerate() {
                if rows.len() <= at {
                    rows.push((name, Vec::new()));
                }
                rows[at].1.push(figure);
            }
        }
        for (name, figures) in rows {
            print(format_args!("| {name} | {} |", figures.join(" | ")));
        }
        if let Some(Some(place)) = places.get(1)
            && wanted_part("rest")
        {
            many::tenants(place).await;
        }
    });
    ExitCode::SUCCESS
}

/// Whether it was asked for, or none of it and its like.
fn wanted(what: &str, others: &[&str]) -> bool {
    let only = std::env::var("RATIBA_FIGURES_ONLY").unwrap_or_default();
    let asked = |name: &str| only.split(',').any(|word| word == name);
    asked(what) || !others.iter().any(|other| asked(other))
}

/// Whether a part of the table is wanted.
fn wanted_part(part: &str) -> bool {
    wanted(part, &["1x1", "16x1", "64x1", "64x200", "acks", "answers", "rest"])
}

/// All that is measured at a place, by name.
async fn of(place: &Place) -> Vec<(String, String)> {
    let mut figures = Vec::new();
    for (lanes, tenants) in [(1, 1), (16, 1), (64, 1), (64, MANY)] {
        if !wanted_part(&format!("{lanes}x{tenants}")) {
            continue;
        }
        let of = if tenants == 1 { "one tenant".to_owned() } else { format!("{tenants} tenants") };
        let name = format!("durable turns of {of}, {lanes} at a time: a second, p50, p99");
        figures.push((name, turns::turns(place, lanes, tenants).await));
    }
    if wanted_part("rest") {
        figures.push(("a tenant made".to_owned(), many::making(place).await));
    }
    if wanted_part("acks") {
        acknowledgements(place, &mut figures).await;
    }
    if wanted_part("answers") {
        let name = "messages answered by one `serve`, from webhook to Meta's stand-in";
        let town = place.town().await;
        let server = server::Server::start("serve", &town).await;
        figures.push((name.to_owned(), load::answers(place, &town, &server, WRITERS).await));
    }
    if wanted_part("rest") {
        memory(place, &mut figures).await;
    }
    figures
}

async fn acknowledgements(place: &Place, figures: &mut Vec<(String, String)>) {
    let town = place.town().await;
    let server = server::Server::start("serve --no-worker", &town).await;
    for connections in [32, 256] {
        let name = format!(
            "durable acknowledgements over HTTP, {connections} connections: a second, p50, p99"
        );
        figures.push((name, load::acknowledgements(place, &server, connections).await));
    }
}

async fn memory(place: &Place, figures: &mut Vec<(String, String)>) {
    let town = place.town().await;
    let server = server::Server::start("serve", &town).await;
    figures.push(("resident memory of `serve` at rest".to_owned(), server.memory()));
    load::conversations(&town, &server, OPEN).await;
    figures.push((format!("the same with {OPEN} conversations open"), server.memory()));
}

fn print(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
