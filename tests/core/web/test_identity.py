"""The colours of the house: whoever changes one may not make a word or a limit hard to see."""

import re
from itertools import pairwise, product

import pytest

from core.web.assets import HOUSE

TOKENS = (HOUSE / "core/web/static/css/tokens.css").read_text("utf-8")
THEMES = {"day": ":root", "night": ".night", "contrast": '[data-theme="contrast"],'}
GROUNDS = ("ground", "surface")
KINDS = ("info", "success", "warning", "error")

TEXT = [
    *product(("text", "text-soft", "title", "link", "link-hover"), (*GROUNDS, "tint")),
    ("on-bar", "bar"),
    ("on-fill", "fill"),
    ("on-fill", "fill-hover"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
]
LIMITS = [*product(("edge", "link"), GROUNDS)]


def declared(selector: str) -> dict[str, str]:
    """The colours that the block of `selector` declares: name → value."""
    start = TOKENS.index(f"\n{selector}") + 1
    block = TOKENS[TOKENS.index("{", start) + 1 : TOKENS.index("\n}", start)]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", block))


def colours(theme: str) -> dict[str, str]:
    """Every colour as that theme shows it: name → #rrggbb."""
    values = declared(":root") | declared(THEMES[theme])

    def resolve(value: str) -> str:
        named = re.fullmatch(r"var\(--([\w-]+)\)", value)
        if named:
            return resolve(values[named[1]])
        short = re.fullmatch(r"#([0-9a-f]{3})", value)
        return "#" + "".join(digit * 2 for digit in short[1]) if short else value

    return {name: resolve(value) for name, value in values.items()}


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 to 1 (WCAG 2.2)."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Ratio between two colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("letters", "behind"), TEXT)
def test_every_text_is_at_least_4_5_to_1_on_what_is_behind_it(theme: str, letters: str, behind: str) -> None:
    shown = colours(theme)
    assert contrast(shown[letters], shown[behind]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_notice_is_at_least_4_5_to_1_on_its_ground(theme: str, kind: str) -> None:
    shown = colours(theme)
    assert contrast(shown[kind], shown[f"{kind}-ground"]) >= 4.5
    assert contrast(shown["text"], shown[f"{kind}-ground"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("limit", "beside"), LIMITS)
def test_the_limits_of_a_control_are_at_least_3_to_1(theme: str, limit: str, beside: str) -> None:
    shown = colours(theme)
    assert contrast(shown[limit], shown[beside]) >= 3


@pytest.mark.parametrize(
    ("theme", "letters", "behind"),
    [
        *(("day", letters, behind) for letters in ("text", "title", "ink-mid", "link") for behind in GROUNDS),
        *(("night", letters, behind) for letters in ("text", "text-soft", "link") for behind in GROUNDS),
        ("day", "on-bar", "bar"),
        ("day", "on-accent", "accent"),
    ],
)
def test_what_the_hall_reads_from_afar_is_at_least_7_to_1(theme: str, letters: str, behind: str) -> None:
    shown = colours(theme)
    assert contrast(shown[letters], shown[behind]) >= 7


@pytest.mark.parametrize("ground", ["white", "mist", "cobalt", "night", "sun"])
def test_one_of_the_two_rings_of_the_focus_is_seen_on_every_ground(ground: str) -> None:
    shown = colours("day")
    rings = (shown["focus"], shown["focus-ring"])
    assert max(contrast(ring, shown[ground]) for ring in rings) >= 3
    assert all(contrast(inner, outer) >= 3 for inner, outer in pairwise(rings))


def test_every_series_of_a_chart_is_at_least_3_to_1_on_its_panel() -> None:
    shown = colours("day")
    series = [name for name in shown if name.startswith("series-")]
    assert len(series) == 6
    assert all(contrast(shown[name], shown["surface"]) >= 3 for name in series)
