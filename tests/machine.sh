#!/bin/sh
# The machine under the tests: a browser, PostgreSQL, Redis, nginx with openssl, Dovecot and strace, installed from the system's packages where missing.
set -eu

# Debian has the engine without the window around it, which is half the work for the processor.
has_browser() { command -v chromium-headless-shell || command -v chromium-browser || command -v google-chrome || { ! command -v apt-get && command -v chromium; }; }
has_postgresql() { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; }
has_redis() { command -v redis-server; }
has_nginx() { PATH="$PATH:/usr/sbin" command -v nginx; }
has_openssl() { command -v openssl; }
has_dovecot() { PATH="$PATH:/usr/sbin" command -v dovecot && ls /usr/lib/dovecot/imap; }
has_strace() { command -v strace; }

missing_parts() {
    has_browser >/dev/null 2>&1 || printf ' chromium-headless-shell'
    has_postgresql >/dev/null 2>&1 || printf ' postgresql'
    has_redis >/dev/null 2>&1 || printf ' redis-server'
    has_nginx >/dev/null 2>&1 || printf ' nginx'
    has_openssl >/dev/null 2>&1 || printf ' openssl'
    has_dovecot >/dev/null 2>&1 || printf ' dovecot-imapd'
    has_strace >/dev/null 2>&1 || printf ' strace'
}

refuse() {
    echo "$1" >&2
    exit 1
}

missing=$(missing_parts)
[ -n "$missing" ] || exit 0

echo "Para las pruebas hace falta instalar en este equipo:$missing"
command -v apt-get >/dev/null || refuse "Este equipo no tiene apt-get. Instale usted:$missing"

if [ "$(id -u)" -eq 0 ]; then
    as_root="env"
elif [ "${CI:-}" != "true" ] && command -v sudo >/dev/null; then
    echo "Se instala con apt-get; sudo puede pedirle su contraseña."
    as_root="sudo env"
else
    refuse "Instalarlo pide permisos de administrador. Como root: apt-get install --no-install-recommends$missing"
fi

$as_root apt-get update --quiet=2
# Ubuntu has only the browser whole.
if [ -z "$(apt-cache search --names-only '^chromium-headless-shell$')" ]; then
    packages=$(echo "$missing" | sed 's/chromium-headless-shell/chromium-browser/')
else
    packages=$missing
fi
# shellcheck disable=SC2086  # one word for each package
$as_root DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends $packages

missing=$(missing_parts)
[ -z "$missing" ] || refuse "apt-get terminó, pero todavía falta:$missing"
