"""The store room of the pages: takes what they need out of node_modules and puts it in static/vendor."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
NODE_MODULES = HOUSE / "node_modules"
VENDOR = HOUSE / "core" / "web" / "static" / "vendor"

COPIES = {
    "socket.io.esm.min.js": "socket.io-client/dist/socket.io.esm.min.js",
    "nunito-sans.woff2": "@fontsource-variable/nunito-sans/files/nunito-sans-latin-wght-normal.woff2",
    "atkinson-next.woff2": "@fontsource-variable/atkinson-hyperlegible-next/files/"
    "atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "licence-socket.io.txt": "socket.io-client/LICENSE",
    "licence-nunito-sans.txt": "@fontsource-variable/nunito-sans/LICENSE",
    "licence-atkinson-next.txt": "@fontsource-variable/atkinson-hyperlegible-next/LICENSE",
    "licence-lucide.txt": "lucide-static/LICENSE",
}

ICONS = (
    "a-large-small",
    "accessibility",
    "armchair",
    "arrow-down",
    "arrow-left",
    "arrow-right",
    "arrow-up",
    "baby",
    "backpack",
    "ban",
    "bell",
    "briefcase",
    "building-2",
    "check",
    "circle-alert",
    "circle-check",
    "circle-dashed",
    "circle-dot",
    "circle-help",
    "clock",
    "coffee",
    "contrast",
    "corner-down-left",
    "door-open",
    "ellipsis",
    "file-text",
    "hand-heart",
    "hand-helping",
    "heart",
    "history",
    "hourglass",
    "house",
    "id-card",
    "info",
    "key-round",
    "keyboard",
    "landmark",
    "languages",
    "layout-dashboard",
    "leaf",
    "list",
    "list-ordered",
    "log-in",
    "log-out",
    "map-pin",
    "medal",
    "megaphone",
    "message-square",
    "monitor",
    "monitor-x",
    "octagon-alert",
    "pause",
    "pencil",
    "phone",
    "play",
    "plus",
    "printer",
    "qr-code",
    "receipt",
    "refresh-cw",
    "rotate-ccw",
    "scale",
    "search",
    "send",
    "settings",
    "shield",
    "skip-forward",
    "star",
    "sun",
    "tablet-smartphone",
    "ticket",
    "triangle-alert",
    "type",
    "undo-2",
    "unplug",
    "user",
    "user-plus",
    "user-round",
    "user-x",
    "users",
    "volume-2",
    "wifi-off",
    "x",
)

SVG = re.compile(r'<svg\b[^>]*\bviewBox="(?P<view>[^"]+)"[^>]*>(?P<drawing>.*)</svg>', re.DOTALL)


def symbol(name: str, svg: str) -> str:
    """One Lucide drawing as a <symbol> that keeps its line style and takes the colour of the text around it.

    Raises ValueError when `svg` is not a drawing with a viewBox.
    """
    found = SVG.search(svg)
    if found is None:
        raise ValueError(f"{name}: not an <svg> with a viewBox")
    drawing = re.sub(r"\s*\n\s*", "", found["drawing"])
    return (
        f'<symbol id="{name}" viewBox="{found["view"]}" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round">{drawing}</symbol>'
    )


def sprite(drawings: Mapping[str, str]) -> str:
    """All the icons in one file: name → Lucide's SVG in, a document of <symbol id="name"> out."""
    symbols = "\n".join(symbol(name, svg) for name, svg in drawings.items())
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def build(node_modules: Path = NODE_MODULES, vendor: Path = VENDOR) -> None:
    """Write every file of COPIES, and icons.svg last; what is no longer named here leaves the folder.

    Raises FileNotFoundError when npm has not brought a part, or an icon has no drawing of that name.
    """
    icons = node_modules / "lucide-static" / "icons"
    files = {name: (node_modules / source).read_bytes() for name, source in COPIES.items()}
    files["icons.svg"] = sprite({name: (icons / f"{name}.svg").read_text("utf-8") for name in ICONS}).encode()

    vendor.mkdir(parents=True, exist_ok=True)
    for stray in set(vendor.iterdir()) - {vendor / name for name in files}:
        stray.unlink()
    for name, content in files.items():
        (vendor / name).write_bytes(content)


if __name__ == "__main__":
    try:
        build()
    except FileNotFoundError as missing:
        sys.exit(f"Falta {missing.filename}. Ejecute «make build».")
