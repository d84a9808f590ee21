# Thin names for the commands that one types often. `just` lists them.

set positional-arguments

# Lists the recipes
default:
    @just --list --unsorted

# Starts the app on http://127.0.0.1:8080
run *ARGS:
    cargo run -- serve "$@"

# Runs every check, as CI does; ARGS filter the last step
test *ARGS:
    tests/run "$@"

# Runs the tests through the front door whose name holds FILTER
test-one FILTER *ARGS:
    HTMX_REQUIRED=1 tests/with-servers cargo test --test it "$@"

# Plays long games of random commands and undos against a simple model, one for each seed
torture SEEDS="1 2 3" OPERATIONS="20000":
    for seed in $1; do \
        echo "== seed $seed"; \
        TORTURE_SEED=$seed TORTURE_OPERATIONS=$2 HTMX_REQUIRED=1 tests/with-servers cargo test --test it torture:: || exit 1; \
    done

# Checks the format and the lints
check:
    cargo fmt --check
    HTMX_REQUIRED=1 cargo clippy --all-targets --locked -- -D warnings

# Formats the code
fmt:
    cargo fmt

# Imports a CSV file for a person; ARGS such as --create and --dry-run
import FILE EMAIL *ARGS:
    file=$1 user=$2; shift 2; cargo run -- import --user "$user" --format csv --file "$file" "$@"

# Makes a demo household of 10,000 entries; ARGS such as --transactions 100000 and --email you@example.org
seed *ARGS:
    cargo run -- seed "$@"

# Writes all entries of a person's household into a CSV file
export FILE EMAIL *ARGS:
    file=$1 user=$2; shift 2; cargo run -- export --user "$user" --format csv --file "$file" "$@"

# Recomputes every balance and sum from the postings, and compares
db-check:
    cargo run -- check

# Lists every route, with who may call it
routes:
    cargo run -- routes

# Measures speed and memory, and writes docs/performance.md; ARGS such as --million
bench *ARGS:
    tests/bench "$@"

# Makes the pictures of the README anew, from a demo household in a real browser
pictures:
    cargo build --release --locked && docs/pictures.py

# Writes docs/cli.md anew, from the commands themselves
docs-cli:
    cargo build && target/debug/budget reference > target/cli.md && mv target/cli.md docs/cli.md

# Builds target/release/budget
release:
    cargo build --release --locked
