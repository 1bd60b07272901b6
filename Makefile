# The two commands of the README, and what they are made of.
.PHONY: demo test bench lint

# One command, nothing but Rust: SQLite, stand-ins of the outside systems, three demo tenants, a page at /demo.
demo:
	cargo run --release --locked -p ratiba-server -- demo

# Everything: with the servers that the suites need, installed and started where they are missing.
test:
	./tests/run

bench:
	cargo bench --locked -p ratiba-benches

lint:
	cargo fmt --all -- --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
