#!/usr/bin/env bash
# Sourced by quickstart.sh and test.sh, from the repository's root: installs what is missing, and only that.
# Debian 12 and 13. As root, or by sudo. Asks nothing, so that it works without a terminal.

say() { echo "perf-review: $*"; }
fail() {
    echo "perf-review: $*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "needs root for: $*. Run this as root, or install sudo, or let someone run that line."
    fi
}

# have_package NAME: is it installed? (a removed one still has a record)
have_package() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# need_packages NAME...: Debian packages
need_packages() {
    local missing=() name
    command -v dpkg-query >/dev/null || fail "this is not a Debian system; install by hand what stands for: $*"
    for name in "$@"; do
        have_package "$name" || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${missing[*]}"
    if [ -z "${APT_UPDATED:-}" ]; then
        as_root apt-get -q -q -o DPkg::Lock::Timeout=300 update ||
            fail "apt-get update failed: check the network and the files under /etc/apt, then run this again."
        APT_UPDATED=1
    fi
    local log
    log=$(mktemp)
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
        --no-install-recommends install "${missing[@]}" >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        fail "apt-get could not install these packages; the lines above say why."
    fi
    rm -f "$log"
}

# need_commands COMMAND:PACKAGE...: a program that is there already, from wherever, is taken as it is
need_commands() {
    local pair packages=()
    for pair in "$@"; do
        command -v "${pair%%:*}" >/dev/null || packages+=("${pair#*:}")
    done
    [ ${#packages[@]} -eq 0 ] || need_packages "${packages[@]}"
}

# need_npm FOLDER: the packages of FOLDER/package-lock.json, held by its integrity hashes, without install scripts
need_npm() {
    local lock=$1/package-lock.json mark=$1/node_modules/.package-lock.json
    if [ -f "$mark" ] && [ ! "$lock" -nt "$mark" ]; then
        return 0
    fi
    say "fetching the npm packages of $1"
    npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null ||
        fail "npm ci --prefix $1 failed: check the network, and the proxy and certificate settings of npm, then run this again."
}

install_for_build() {
    need_commands cmake:cmake ninja:ninja-build pkg-config:pkg-config git:git curl:curl openssl:openssl
    need_packages gcc libc6-dev ca-certificates libgit2-dev libmicrohttpd-dev libcurl4-openssl-dev libcjson-dev \
        libpcre2-dev libfyaml-dev libsqlite3-dev libssl-dev libseccomp-dev
    need_commands node:nodejs npm:npm
    node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' ||
        fail "node $(node --version) is too old: version 18 or newer is needed."
    need_npm grammars
}

install_for_tests() {
    install_for_build
    need_commands clang:clang python3:python3 rustc:rustc cargo:cargo clippy-driver:rust-clippy
    need_packages libcmocka-dev
    # The sanitizers' run time comes with the compiler's own version.
    local version
    version=$(clang -dumpversion)
    need_packages "libclang-rt-${version%%.*}-dev" "llvm-${version%%.*}"
    need_commands clang-format:clang-format clang-tidy:clang-tidy
    need_npm tests/e2e
    need_npm tests/rules/peers
}
