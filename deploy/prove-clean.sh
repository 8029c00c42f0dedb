#!/usr/bin/env bash
# Proves the README's two commands in a bare Debian: a root made by mmdebstrap from this machine's own mirror,
# holding apt and little else, a fresh clone of this repository in it, and nothing of this machine's packages.
#   deploy/prove-clean.sh [--suite bookworm|trixie] [--only quickstart|test] [--user] [--keep]      as root
# Not part of CI: it takes some six minutes. --user runs them as a user with sudo instead of as root. Where this
# machine's npm needs a configuration or certificates of its own to reach its registry, they are handed in for the
# proof. --keep leaves the root for a look.
set -euo pipefail
cd "$(dirname "$0")/.."

suite=bookworm only='' user='' keep=''
while [ $# -gt 0 ]; do
    case $1 in
    --suite) suite=${2:?} && shift 2 ;;
    --only) only=${2:?} && shift 2 ;;
    --user) user=reader && shift ;;
    --keep) keep=1 && shift ;;
    *) sed -n '2,8s/^# //p' "$0" >&2 && exit 2 ;;
    esac
done
[ "$(id -u)" -eq 0 ] || { echo "prove-clean: run this as root" >&2; exit 2; }
command -v mmdebstrap >/dev/null || { echo "prove-clean: apt-get install mmdebstrap" >&2; exit 2; }

say() { echo "prove-clean: $*"; }

work=$(mktemp -d "${TMPDIR:-/tmp}/perf-review-proof-XXXXXX")
bare=$work/root
finish() {
    if [ -n "$keep" ]; then say "kept: $work"; else rm -rf --one-file-system "$work"; fi
}
trap finish EXIT

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/\?$' | sort -u | head -n 1)
[ -n "$mirror" ] || { say "apt knows no Debian mirror" >&2; exit 2; }
say "making a bare $suite"
mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    "$suite" "$bare" "deb $mirror $suite main"
say "$(du -sm "$bare" | cut -f 1) MB, $(find "$bare/var/lib/dpkg/info" -name '*.list' | wc -l) packages"

git clone --quiet --no-hardlinks . "$bare/srv/perf-review"
cp -L /etc/resolv.conf "$bare/etc/resolv.conf"

# What npm and TLS need here and a machine of its own would not.
handed=(CI=true)
for name in http_proxy https_proxy no_proxy; do
    [ -z "${!name:-}" ] || handed+=("$name=${!name}")
done
if command -v npm >/dev/null; then
    npmrc=$(npm config get userconfig 2>/dev/null || true)
    if [ -f "$npmrc" ]; then grep -v "^nodedir" "$npmrc" >"$bare/root/.npmrc" || true; fi
fi
for bundle in "${NODE_EXTRA_CA_CERTS:-}" "${SSL_CERT_FILE:-}"; do
    if [ -f "$bundle" ]; then
        cp -L "$bundle" "$bare/srv/certificates.pem"
        handed+=(NODE_EXTRA_CA_CERTS=/srv/certificates.pem)
        break
    fi
done

# inside COMMAND: in the bare root, without a terminal or input, with an environment of its own, and processes that
# end with it
inside() {
    unshare --mount --pid --fork --kill-child --mount-proc="$bare/proc" sh -c '
        bare=$1
        shift
        mount --rbind /dev "$bare/dev" && mount --make-rslave "$bare/dev"
        exec chroot "$bare" env -i "$@"' sh "$bare" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "${handed[@]}" \
        bash -c "cd /srv/perf-review && $1" </dev/null
}

as_user=
if [ -n "$user" ]; then
    inside "apt-get -qq update && apt-get -qq install -y --no-install-recommends sudo >/dev/null 2>&1 &&
        useradd --create-home $user && echo '$user ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/$user &&
        { [ ! -f ~/.npmrc ] || cp ~/.npmrc /home/$user; } && chown -R $user /home/$user /srv/perf-review"
    as_user="setpriv --reuid $user --regid $user --init-groups env HOME=/home/$user "
fi

failed=0
prove() {
    local began=$SECONDS status=0
    say "running${user:+ as a user with sudo}: $1"
    inside "$as_user$1" || status=$?
    say "status $status after $((SECONDS - began)) s: $1"
    [ $status -eq 0 ] || failed=$((failed + 1))
}

if [ "$only" != test ]; then
    prove 'deploy/quickstart.sh --once'
    prove 'deploy/quickstart.sh --once' # a second time: nothing is left to install or build
    prove 'deploy/quickstart.sh --check deploy/sample/change --all'
fi
if [ "$only" != quickstart ]; then
    prove '.ci/run'
fi
say "$suite: $failed failed"
[ $failed -eq 0 ]
