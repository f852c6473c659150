"""What the installation is told, and what it refuses to start with."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

import config
from core.mail.address import Mailbox
from core.mail.server import Post, Server, Way
from core.web.guard import device_cookie
from tests.conftest import AUDIT_KEY, RESERVE_KEY
from wsgi import create_app

KEY = "x" * 32


def read(folder: Path, **told: str) -> config.Settings:
    return config.read({"INSTANCE_DIR": str(folder)} | told)


def test_with_nothing_told_the_office_lives_in_its_own_folder(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path}/townhall.sqlite3"
    assert found.public_url == "http://127.0.0.1:8000"
    assert (found.redis_url, found.voice, found.proxies, found.web_sockets) == (None, "pico", 0, 176)
    assert found.instance == tmp_path
    assert not found.https
    assert found.trusted_hosts == ["127.0.0.1", "localhost"]


def test_files_lie_with_the_data_unless_a_folder_is_named_and_its_disk_is_watched_too(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert (found.files, found.clamav) == (tmp_path / "files", None)
    named = read(tmp_path, FILES_DIR=str(tmp_path), CLAMAV="tcp:antivirus:3310")
    assert (named.files, named.clamav) == (tmp_path, "tcp:antivirus:3310")
    assert tmp_path in named.data_folders
    assert read(tmp_path, CLAMAV="unix:/run/clamav/clamd.ctl").clamav == "unix:/run/clamav/clamd.ctl"


def test_an_empty_setting_is_one_that_nobody_set(tmp_path: Path) -> None:
    empty = dict.fromkeys(("DATABASE_URL", "PUBLIC_URL", "REDIS_URL", "FILES_DIR", "CLAMAV"), "")
    assert read(tmp_path, SECRET_KEY=KEY, **empty) == read(tmp_path, SECRET_KEY=KEY)


def test_the_port_is_part_of_the_address_that_nobody_set(tmp_path: Path) -> None:
    assert read(tmp_path, PORT="9000").public_url == "http://127.0.0.1:9000"


def test_the_environment_of_the_process_is_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    monkeypatch.setenv("PROXIES", "2")
    assert (config.read().instance, config.read().proxies) == (tmp_path, 2)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("postgres://u@db/town", "postgresql+psycopg://u@db/town"),
        ("postgresql://u:p@db:5433/town?sslmode=require", "postgresql+psycopg://u:p@db:5433/town?sslmode=require"),
        ("postgresql+psycopg://u@db/town", "postgresql+psycopg://u@db/town"),
        ("sqlite:////data/town.sqlite3", "sqlite:////data/town.sqlite3"),
    ],
)
def test_a_database_is_named_as_people_name_it(tmp_path: Path, told: str, kept: str) -> None:
    assert read(tmp_path, DATABASE_URL=told).database_url == kept


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u@db/town"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "postgresql+psycopg2://u@db/town"),
        ("DATABASE_URL", "/data/town.sqlite3"),
        ("SECRET_KEY", "x" * 31),
        ("SECRET_KEY", ""),
        ("AUDIT_KEY", ""),
        ("AUDIT_KEY", f"{KEY} corta"),
        ("RESERVE_KEY", f"{KEY} corta"),
        ("REDIS_URL", "http://redis:6379"),
        ("PUBLIC_URL", "turnos.ejemplo.gov.co"),
        ("PUBLIC_URL", "ftp://turnos.ejemplo.gov.co"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://turnos.ejemplo.gov.co/turnos"),
        ("VOICE", "/no/such/folder"),
        ("FILES_DIR", "/no/such/folder"),
        ("FILES_DIR", "archivos"),
        ("CLAMAV", "/run/clamav/clamd.ctl"),
        ("CLAMAV", "unix:clamd.ctl"),
        ("CLAMAV", "tcp:antivirus"),
        ("LOG_FORMAT", "xml"),
        ("SECRET_KEY_BEFORE", "corta"),
        ("PROXIES", "-1"),
        ("PROXIES", "6"),
        ("PROXIES", "uno"),
        ("PROXIES", "١"),
        ("PROXIES", ""),
        ("WEB_THREADS", "39"),
        ("WEB_THREADS", "2001"),
        ("WEB_THREADS", "40.0"),
        ("WEB_SOCKETS", "177"),
        ("WEB_SOCKETS", "-1"),
        ("WEB_SOCKETS", "todas"),
    ],
)
def test_a_setting_that_does_not_serve_stops_the_start_and_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(config.BadSetting) as stopped:
        read(tmp_path, **{name: value})
    sentence = str(stopped.value)
    assert sentence.startswith(f"La configuración {name} no sirve: ")
    assert "\n" not in sentence
    assert isinstance(stopped.value, SystemExit)


def test_the_largest_number_of_proxies_is_taken(tmp_path: Path) -> None:
    assert read(tmp_path, PROXIES="5").proxies == 5


@pytest.mark.parametrize(
    ("told", "sockets"),
    [
        ({"WEB_THREADS": "40"}, 16),
        ({"WEB_THREADS": "2000"}, 1976),
        ({"WEB_THREADS": "600", "WEB_SOCKETS": "576"}, 576),
        ({"WEB_SOCKETS": "50"}, 50),
        ({"WEB_SOCKETS": "0"}, 0),
        ({"WEB_THREADS": "8", "WEB_SOCKETS": "0"}, 0),
    ],
)
def test_live_connections_leave_threads_for_the_pages(tmp_path: Path, told: dict[str, str], sockets: int) -> None:
    assert read(tmp_path, **told).web_sockets == sockets


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = read(tmp_path / "new")
    finally:
        os.umask(before)
    file = tmp_path / "new/secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert len(made.secret_key) >= 32
    assert read(tmp_path / "new").secret_key == made.secret_key
    assert read(tmp_path / "another").secret_key != made.secret_key


def test_a_key_that_is_told_is_not_written(tmp_path: Path) -> None:
    assert read(tmp_path, SECRET_KEY=KEY, AUDIT_KEY=KEY, RESERVE_KEY=KEY).secret_key == KEY
    assert list(tmp_path.iterdir()) == []


def test_the_key_of_the_trail_is_another_one_that_only_the_product_reads(tmp_path: Path) -> None:
    made = read(tmp_path)
    assert made.audit_key != made.secret_key
    assert (tmp_path / "audit.key").stat().st_mode & 0o777 == 0o600
    assert read(tmp_path).audit_key == made.audit_key
    assert made.reserve_key not in (made.secret_key, made.audit_key)
    assert read(tmp_path).reserve_key == made.reserve_key


def test_a_key_file_cut_short_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("corta\n")
    with pytest.raises(config.BadSetting, match="SECRET_KEY"):
        read(tmp_path)


def test_the_settings_do_not_show_the_key(tmp_path: Path) -> None:
    assert KEY not in repr(read(tmp_path, SECRET_KEY=KEY, AUDIT_KEY=KEY, RESERVE_KEY=KEY))


def test_the_office_answers_by_its_public_name_and_from_its_own_machine(tmp_path: Path) -> None:
    found = read(tmp_path, PUBLIC_URL="https://Turnos.Ejemplo.gov.co:8443/")
    assert found.trusted_hosts == ["127.0.0.1", "localhost", "turnos.ejemplo.gov.co"]
    assert found.public_url == "https://Turnos.Ejemplo.gov.co:8443"


def test_behind_https_cookies_are_secure_and_bound_to_the_host(tmp_path: Path) -> None:
    app = create_app(
        read(
            tmp_path,
            PUBLIC_URL="https://turnos.ejemplo.gov.co",
            SECRET_KEY=KEY,
            AUDIT_KEY=AUDIT_KEY,
            RESERVE_KEY=RESERVE_KEY,
        )
    )
    with app.test_request_context():
        assert device_cookie("kiosk") == "__Host-kiosk"
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-session"
    assert app.config["SESSION_COOKIE_SECURE"] is True
    assert app.config["SESSION_COOKIE_HTTPONLY"] is True
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_without_https_cookies_still_reach_the_office(tmp_path: Path) -> None:
    app = create_app(read(tmp_path, AUDIT_KEY=AUDIT_KEY, RESERVE_KEY=RESERVE_KEY))
    with app.test_request_context():
        assert device_cookie("kiosk") == "kiosk"
    assert app.config["SESSION_COOKIE_NAME"] == "session"
    assert app.config["SESSION_COOKIE_SECURE"] is False


def test_a_second_factor_is_due_in_some_days_at_once_or_never(tmp_path: Path) -> None:
    found = {told: read(tmp_path, SECOND_FACTOR=told).second_factor_days for told in ("0", "30", "off")}
    assert found == {"0": 0, "30": 30, "off": None}
    assert read(tmp_path).second_factor_days == 7
    for wrong in ("", "91", "-1", "on", "1.5"):
        with pytest.raises(config.BadSetting, match="SECOND_FACTOR"):
            read(tmp_path, SECOND_FACTOR=wrong)


def test_a_provider_of_identities_is_told_whole_or_not_at_all(tmp_path: Path) -> None:
    whole = {"OIDC_ISSUER": "https://id.example/realm", "OIDC_CLIENT_ID": "town", "OIDC_CLIENT_SECRET": "s3cret"}
    found = read(tmp_path, **whole, OIDC_NAME="Gobierno").provider
    assert found is not None
    assert (found.issuer, found.name) == ("https://id.example/realm", "Gobierno")
    assert "s3cret" not in repr(found)
    assert read(tmp_path).provider is None
    for missing in whole:
        with pytest.raises(config.BadSetting, match=missing):
            read(tmp_path, **(whole | {missing: ""}))
    for issuer in ("http://id.example", "id.example", "ftp://id.example"):
        with pytest.raises(config.BadSetting, match="OIDC_ISSUER"):
            read(tmp_path, **(whole | {"OIDC_ISSUER": issuer}))


def test_the_mail_is_told_whole_or_not_at_all(tmp_path: Path) -> None:
    assert read(tmp_path, MAIL_URL="", IMAP_URL="").post == Post()
    told = read(
        tmp_path,
        MAIL_URL="smtp+starttls://buzon%40x.co:a%2Fb%3A@correo.example",
        MAIL_FROM="Alcaldía de California <Atencion@Alcaldía.example>",
        IMAP_URL="imaps://buzon:clave@correo.example/Entrada%20PQRSD",
        IMAP_REVIEW="Revisión",
    ).post
    assert told.sender == Mailbox("Atencion@alcaldía.example", "Alcaldía de California")
    assert told.outgoing == Server(Way.STARTTLS, "correo.example", 587, "buzon@x.co", "a/b:")
    assert told.incoming == Server(Way.TLS, "correo.example", 993, "buzon", "clave", "Entrada PQRSD")
    assert (told.done, told.review) == ("Radicados", "Revisión")
    assert "a/b:" not in repr(told)
    assert read(tmp_path, MAIL_URL="smtp://127.0.0.1", MAIL_FROM="a@b.co").post.outgoing is not None
    for name, wrong in (
        ("MAIL_FROM", {"MAIL_URL": "smtps://correo.example"}),
        ("MAIL_FROM", {"MAIL_FROM": "Alcaldía"}),
        ("MAIL_FROM", {"MAIL_FROM": "a@b.co\r\nBcc: x@y.co"}),
        ("MAIL_URL", {"MAIL_URL": "smtp://correo.example", "MAIL_FROM": "a@b.co"}),
        ("MAIL_URL", {"MAIL_URL": "https://correo.example", "MAIL_FROM": "a@b.co"}),
        ("MAIL_URL", {"MAIL_URL": "smtps://correo.example:x", "MAIL_FROM": "a@b.co"}),
        ("MAIL_URL", {"MAIL_URL": "smtps://u:%C3%B1@correo.example", "MAIL_FROM": "a@b.co"}),
        ("IMAP_URL", {"IMAP_URL": "imap://u:p@correo.example"}),
        ("IMAP_URL", {"IMAP_URL": "imaps://correo.example"}),
        ("IMAP_DONE", {"IMAP_URL": "imaps://u:p@correo.example", "IMAP_DONE": "INBOX"}),
    ):
        with pytest.raises(config.BadSetting, match=name):
            read(tmp_path, **wrong)
