"""Every setting of the product, read once from the environment; a wrong or missing one stops the start."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from core.mail.address import BadAddress, Mailbox, checked
from core.mail.server import BadServer, Post, Server, server_of

ROOT = Path(__file__).parent
SECRET_BYTES = 32
POSTGRESQL = Path("/var/lib/postgresql")
SPARE_THREADS = 24
"""Threads that no live connection may take, so that pages are always answered."""


class BadSetting(SystemExit):
    """A setting that the product cannot start with; the sentence says which and how to mend it."""

    def __init__(self, name: str, remedy: str) -> None:
        super().__init__(f"La configuración {name} no sirve: {remedy}")


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider of identities (OpenID Connect) by which officials may come in besides their password.

    `acr` is the value of that claim which says that a second factor was asked for.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = "el directorio de la entidad"
    acr: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the installation is. See README for what each one means."""

    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    audit_key: str = field(repr=False)
    reserve_key: str = field(repr=False)
    redis_url: str | None = None
    public_url: str = "http://127.0.0.1:8000"
    voice: str = "pico"
    proxies: int = 0
    log_format: str = "text"
    secret_key_before: str = field(default="", repr=False)
    second_factor_days: int | None = 7
    provider: Provider | None = None
    post: Post = field(default_factory=Post)
    web_sockets: int = 200 - SPARE_THREADS
    clamav: str | None = None
    instance: Path = ROOT / "instance"
    files_dir: Path | None = None

    @property
    def files(self) -> Path:
        """The folder of what people bring."""
        return self.files_dir or self.instance / "files"

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def data_folders(self) -> tuple[Path, ...]:
        """Where the data lie, to watch how full their disks are; a PostgreSQL of this machine where Debian puts it."""
        file = self.database_url.removeprefix("sqlite:///")
        database = POSTGRESQL if file == self.database_url else (self.instance / file).parent
        return (self.instance, database, *([self.files_dir] if self.files_dir else []))

    @property
    def trusted_hosts(self) -> list[str]:
        """The names by which the product answers; any other Host is refused."""
        return sorted({urlsplit(self.public_url).hostname or "", "127.0.0.1", "localhost"})


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of `environment` (the process's own by default). Raises BadSetting."""
    env = os.environ if environment is None else environment
    instance = Path(env.get("INSTANCE_DIR", str(ROOT / "instance"))).absolute()
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Settings(
        database_url=_database_url(env, instance),
        secret_key=_secret_key(env, instance),
        audit_key=_keys(env, instance, "AUDIT_KEY", "audit.key"),
        reserve_key=_keys(env, instance, "RESERVE_KEY", "reserve.key"),
        redis_url=_redis_url(env),
        public_url=_public_url(env),
        voice=_voice(env),
        proxies=_whole(env, "PROXIES", 0, least=0, most=5),
        log_format=_log_format(env),
        secret_key_before=_secret_key_before(env),
        second_factor_days=_second_factor(env),
        provider=_provider(env),
        post=_post(env),
        web_sockets=_web_sockets(env),
        clamav=_clamav(env),
        instance=instance,
        files_dir=_files_dir(env),
    )


def _database_url(env: Mapping[str, str], instance: Path) -> str:
    return read_database_url(env.get("DATABASE_URL") or f"sqlite:///{instance / 'townhall.sqlite3'}")


def read_database_url(url: str) -> str:
    """The address as SQLAlchemy needs it, with the driver that the product uses. Raises BadSetting."""
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            url = "postgresql+psycopg://" + url.removeprefix(short)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSetting("DATABASE_URL", "use sqlite:////ruta/archivo.sqlite3 o postgresql://usuario@servidor/base")
    return url


def _secret_key(env: Mapping[str, str], instance: Path) -> str:
    key = env.get("SECRET_KEY")
    if key is None:
        key = _kept_key(instance / "secret.key")
    if len(key) < SECRET_BYTES:
        raise BadSetting("SECRET_KEY", f"necesita al menos {SECRET_BYTES} caracteres al azar")
    return key


def _keys(env: Mapping[str, str], instance: Path, name: str, file: str) -> str:
    """Keys of which the newest is the last: who changes the key leaves the old ones before it."""
    keys = env.get(name)
    if keys is None:
        keys = _kept_key(instance / file)
    if not keys.split() or any(len(key) < SECRET_BYTES for key in keys.split()):
        raise BadSetting(
            name, f"cada clave necesita al menos {SECRET_BYTES} caracteres al azar; sepárelas con espacios"
        )
    return keys


def _kept_key(path: Path) -> str:
    """The key in the file, made the first time."""
    if not path.exists():
        _make_key(path)
    return path.read_text().strip()


def _make_key(path: Path) -> None:
    """Write a new key whole or not at all; of processes that start together, the first one's stands."""
    fresh = path.with_suffix(f".{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(SECRET_BYTES))
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()


def _redis_url(env: Mapping[str, str]) -> str | None:
    url = env.get("REDIS_URL") or None
    if url is not None and not url.startswith(("redis://", "rediss://", "unix://")):
        raise BadSetting("REDIS_URL", "use redis://servidor:6379/0")
    return url


def _public_url(env: Mapping[str, str]) -> str:
    url = env.get("PUBLIC_URL") or f"http://127.0.0.1:{env.get('PORT', '8000')}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or not _has_port(url):
        raise BadSetting(
            "PUBLIC_URL", "escriba la dirección completa que abre la ciudadanía, como https://turnos.ejemplo.gov.co"
        )
    return url.rstrip("/")


def _has_port(url: str) -> bool:
    """Whether the port of the address, if it has one, is a port."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _voice(env: Mapping[str, str]) -> str:
    voice = env.get("VOICE", "pico")
    if voice != "pico" and not (voice and Path(voice).is_dir()):
        raise BadSetting("VOICE", "use «pico» o la carpeta de las grabaciones")
    return voice


def _secret_key_before(env: Mapping[str, str]) -> str:
    """The key that SECRET_KEY was before: what it signed and sealed is still read, and sealed anew."""
    key = env.get("SECRET_KEY_BEFORE", "")
    if key and len(key) < SECRET_BYTES:
        raise BadSetting("SECRET_KEY_BEFORE", f"es la SECRET_KEY anterior, de al menos {SECRET_BYTES} caracteres")
    return key


def _log_format(env: Mapping[str, str]) -> str:
    form = env.get("LOG_FORMAT") or "text"
    if form not in ("text", "json"):
        raise BadSetting("LOG_FORMAT", "use «text» o «json»")
    return form


def _second_factor(env: Mapping[str, str]) -> int | None:
    """Days that an elevated role works without a second factor, from its first sign-in on; None if it is not asked."""
    if env.get("SECOND_FACTOR") == "off":
        return None
    return _whole(env, "SECOND_FACTOR", 7, least=0, most=90)


def _provider(env: Mapping[str, str]) -> Provider | None:
    needed = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    if not any(env.get(name) for name in needed):
        return None
    for name in needed:
        if not env.get(name):
            raise BadSetting(name, f"{', '.join(needed)} van juntas o ninguna")
    issuer, *client = (env[name] for name in needed)
    parts = urlsplit(issuer)
    if not parts.hostname or not (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "127.0.0.1")
    ):
        raise BadSetting("OIDC_ISSUER", "escriba la dirección https:// del emisor, como la publica el proveedor")
    return Provider(
        issuer, *client, name=env.get("OIDC_NAME") or "el directorio de la entidad", acr=env.get("OIDC_ACR", "")
    )


def _post(env: Mapping[str, str]) -> Post:
    """The way out needs its sender; the way in needs two folders, so that nothing is read twice or lost from sight."""
    outgoing, incoming = _mail_server(env, "MAIL_URL", "smtp"), _mail_server(env, "IMAP_URL", "imap")
    written = env.get("MAIL_FROM") or ""
    name, address = parseaddr(written) if written.isprintable() else ("", "")
    try:
        sender = Mailbox(checked(address), name) if written else None
    except BadAddress:
        raise BadSetting("MAIL_FROM", "escriba «Alcaldía de Ejemplo <atencion@ejemplo.gov.co>»") from None
    if outgoing and not sender:
        raise BadSetting("MAIL_FROM", "con MAIL_URL hace falta la dirección desde la que se escribe")
    usual = Post()
    done, review = env.get("IMAP_DONE") or usual.done, env.get("IMAP_REVIEW") or usual.review
    if incoming and len({incoming.folder, done, review}) < 3:
        raise BadSetting("IMAP_DONE", "IMAP_DONE, IMAP_REVIEW y la carpeta que se lee son tres distintas")
    return Post(sender, outgoing, incoming, done, review)


def _mail_server(env: Mapping[str, str], name: str, protocol: Literal["smtp", "imap"]) -> Server | None:
    try:
        return server_of(env[name], protocol) if env.get(name) else None
    except BadServer:
        raise BadSetting(
            name,
            f"use {protocol}s:// o {protocol}+starttls://usuario:contraseña@servidor:puerto, con lo especial de la "
            f"contraseña en %XX y sin tildes ni eñes; {protocol}:// sin cifrar solo sirve hacia este mismo equipo",
        ) from None


def _web_sockets(env: Mapping[str, str]) -> int:
    """How many live connections this process holds open; none where a process of their own does (see deploy/)."""
    alone = env.get("WEB_SOCKETS") == "0"
    threads = _whole(env, "WEB_THREADS", 200, least=2 if alone else 40, most=2000)
    most = max(0, threads - SPARE_THREADS)
    return _whole(env, "WEB_SOCKETS", most, least=0, most=most)


def _clamav(env: Mapping[str, str]) -> str | None:
    """Where ClamAV listens; None if there is none."""
    address = env.get("CLAMAV") or None
    if address is not None and not re.fullmatch(r"unix:/.+|tcp:[^:/]+:[0-9]{1,5}", address):
        raise BadSetting("CLAMAV", "use unix:/run/clamav/clamd.ctl o tcp:servidor:3310")
    return address


def _files_dir(env: Mapping[str, str]) -> Path | None:
    """A folder that exists: one that is not mounted yet must not be taken for an empty one."""
    told = env.get("FILES_DIR")
    if told and not (Path(told).is_absolute() and os.access(told, os.W_OK | os.X_OK)):
        raise BadSetting("FILES_DIR", "escriba la ruta completa de una carpeta que exista y en que se pueda escribir")
    return Path(told) if told else None


def _whole(env: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    text = env.get(name, str(default))
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise BadSetting(name, f"escriba un número entero de {least} a {most}")
    return int(text)
